"""Grading on the workers of a Dask cluster; one process, this one, writes the results.

A task is a batch of submissions. It carries the seed, and whoever may talk to a Dask scheduler runs code as its owner:
hence TLS, or addresses of this machine only, unless somebody asks for plain TCP. The checks and the course's own
solution don't travel: every worker has the repository, and the digests of what it read there must be ours.
"""

from __future__ import annotations

import importlib.util
import ipaddress
import logging
import math
import pickle
import re
import secrets
import time
import warnings
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from autograder.checking.collecting import Collected, collect_checks
from autograder.checking.digest import engine_digest, installed_versions
from autograder.checking.report import Report
from autograder.checking.submission import Submission
from autograder.common.errors import CourseError, SandboxError
from autograder.common.lessons import Course, Lesson
from autograder.common.text import one_line
from autograder.grading import station
from autograder.grading.pool import Job
from autograder.grading.reference import Reference
from autograder.grading.station import Batch, Order, Unfit, reference_digest
from autograder.sandbox import Limits

if TYPE_CHECKING:
    from distributed import Client, Future

_SCHEDULER = 10.0  # seconds for a scheduler to answer
_WORKERS = 60.0  # seconds for a worker to be there, at the start and when all have gone
_START = 300.0  # seconds for a worker to start its station
_LOOK = 0.02  # seconds between two looks at what is done
_BATCH = 16  # submissions: at some tenths of a second each, what a lost worker costs; a message costs milliseconds
_BATCH_BYTES = 8 << 20  # of what was handed in, unless one submission alone has more
_MOST = 1024  # worker processes on this machine
_AHEAD = 2  # batches for each thread: one at work, one that waits beside it


@dataclass(frozen=True)
class Tls:
    """Files in PEM format; what is not given is what Dask's own configuration says."""

    ca: Path | None = None
    cert: Path | None = None
    key: Path | None = None

    @property
    def given(self) -> bool:
        return any((self.ca, self.cert, self.key))


@dataclass(frozen=True)
class Cluster:
    """Where to grade: a scheduler's address, or `workers` processes that are started here."""

    address: str = ""
    workers: int = 0
    tls: Tls = Tls()

    @classmethod
    def of(cls, text: str, tls: Tls | None = None, plaintext: bool = False) -> Cluster:
        """What `tls://host:8786` or `local:4` says. Raises CourseError on anything else, and where Dask is missing."""
        tls = tls or Tls()
        found = cls(workers=_local(text)) if text.startswith("local:") else cls(_address(text, plaintext), tls=tls)
        if tls.given and not found.address.startswith("tls://"):
            raise CourseError("The files for TLS are for a scheduler at tls://; leave them out, or change the address.")
        for path in (tls.ca, tls.cert, tls.key):
            if path is not None and not path.is_file():
                raise CourseError(f"There is no file {path}: TLS takes the files that the scheduler was started with.")
        if importlib.util.find_spec("distributed") is None:
            raise CourseError("Grading on a cluster needs Dask, here and there: pip install -e '.[cluster]'.")
        return found

    @contextmanager
    def prepared(
        self,
        course: Course,
        lesson: Lesson,
        *,
        workers: int,
        tier: str | None,
        seed: str,
        private: Path | None = None,
        limits: Limits | None = None,
    ) -> Iterator[OnCluster]:
        """A station on every worker, each with the same checks and engine as this process: as `prepare.prepared`."""
        collected = collect_checks(course, lesson, private)
        reference = Reference.of(course, lesson)
        with self._client() as client:
            there = _Workers(client)
            own = course.root.resolve() == Path(__file__).resolve().parents[2]
            order = Order(
                root="" if own else str(course.root.resolve()),
                lesson=lesson.name,
                private=str(private.resolve()) if private is not None else "",
                seed=seed,
                tier=there.tier(tier),
                memory_bytes=(limits or Limits()).memory_bytes,
                engine=engine_digest(),
                libraries=installed_versions(),
                checks=collected.digest,
                reference=reference_digest(reference),
                unmet=tuple(collected.unmet),
            )
            run = secrets.token_hex(8)
            try:
                faulty = there.start(run, pickle.dumps(order))
                yield OnCluster(client, run, order, collected, reference, faulty)
            finally:
                there.end(run)

    @contextmanager
    def _client(self) -> Iterator[Client]:
        """A client of the scheduler; of one that is started here, with its workers, if there is no address."""
        import dask
        from distributed import Client, LocalCluster, Security

        _quiet()
        quiet_and_closed = {
            "distributed.admin.large-graph-warning-threshold": "1GB",
            "distributed.scheduler.allowed-failures": 1,  # of a cluster here; another one has its own setting
            "distributed.scheduler.http.routes": [],
            "distributed.worker.http.routes": [],
        }
        with ExitStack() as stack:
            stack.enter_context(dask.config.set(quiet_and_closed))
            if self.workers:
                # Others who work on this machine can reach its ports: certificates for this run keep them out.
                try:
                    cluster = LocalCluster(
                        n_workers=self.workers,
                        threads_per_worker=1,
                        processes=True,
                        host="127.0.0.1",
                        dashboard_address=None,
                        memory_limit=0,  # a student's process has a limit of its own, and is none of Dask's
                        security=Security.temporary(),
                        silence_logs=logging.CRITICAL,
                    )
                except (OSError, RuntimeError, ImportError) as problem:
                    raise SandboxError(
                        f"{self.workers} workers could not be started here{_because(problem)}: ask for fewer."
                    ) from None
                stack.enter_context(cluster)
                yield stack.enter_context(Client(cluster, set_as_default=False))
                return
            try:
                client = Client(self.address, timeout=_SCHEDULER, security=self._security(), set_as_default=False)
            except (OSError, ValueError, TypeError, RuntimeError) as problem:
                raise SandboxError(
                    f"No Dask scheduler answers at {self.address}{_because(problem)}: start it, or give its address."
                ) from None
            stack.enter_context(client)
            try:
                client.wait_for_workers(1, timeout=_WORKERS)
            except TimeoutError:
                raise SandboxError(f"The cluster at {self.address} has no workers: start some first.") from None
            yield client

    def _security(self) -> Any:
        from distributed import Security

        if not self.address.startswith("tls://"):
            return None
        given = {
            "tls_ca_file": self.tls.ca,
            "tls_client_cert": self.tls.cert,
            "tls_client_key": self.tls.key,
        }
        security = Security(require_encryption=True, **{name: str(path) for name, path in given.items() if path})
        if not security.tls_ca_file or not security.tls_client_cert:
            raise CourseError(
                f"{self.address} wants certificates: give --cluster-tls-ca, --cluster-tls-cert and --cluster-tls-key, "
                "or name them in Dask's configuration (distributed.comm.tls)."
            )
        return security


def _local(text: str) -> int:
    written = re.fullmatch(r"local:(\d{1,4})", text, re.ASCII)
    if written is None or not 1 <= int(written[1]) <= _MOST:
        raise CourseError(f"{one_line(text)!r} starts no workers: --cluster local:4 starts four, and one is the least.")
    return int(written[1])


def _address(text: str, plaintext: bool) -> str:
    try:
        parts = urlsplit(text)
        host, port = parts.hostname or "", parts.port or 0
    except ValueError:  # a port that is no number, half an IPv6 address
        host, port, parts = "", 0, urlsplit("")
    rest = (parts.path, parts.query, parts.fragment, parts.username or "")
    if parts.scheme not in ("tcp", "tls") or not host or not port or any(rest) or not text.isprintable() or " " in text:
        raise CourseError(
            f"{one_line(text)!r} is no address of a Dask scheduler: write tls://HOST:PORT, tcp://HOST:PORT or local:N."
        )
    if parts.scheme == "tcp" and not plaintext and not _is_this_machine(host):
        raise CourseError(
            f"The seed would cross the network to {host} for all to read: use tls://, or say --cluster-plaintext "
            "where that network is yours alone."
        )
    return text


def _is_this_machine(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _quiet() -> None:
    """What Dask would print of a worker that comes or goes: what matters is told in a sentence."""
    from distributed.versions import VersionMismatchWarning

    warnings.simplefilter("ignore", VersionMismatchWarning)
    for name in logging.root.manager.loggerDict:
        if name.split(".")[0] in ("distributed", "asyncio", "tornado"):
            logging.getLogger(name).setLevel(logging.CRITICAL)


def _because(problem: BaseException) -> str:
    first = one_line(str(problem).strip().split("\n")[0])
    return f" ({first[:200]})" if first else ""


class _Workers:
    """All workers that are there when a run begins, each asked by name."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.names: list[str] = sorted(client.nthreads())

    def tier(self, tier: str | None) -> str:
        """The tier that is asked for, or the best of the first worker: every other one must have it, too."""
        first, *_ = self.names
        return str(self._each(station.best_tier, tier, workers=[first])[first])

    def start(self, run: str, order: bytes) -> dict[str, str]:
        """Start all stations. Gives the checks that the course's own solution fails on any of them, with why."""
        faulty = self._each(station.start, run, order, workers=self.names)
        return {check: why for found in faulty.values() for check, why in found.items()}

    def end(self, run: str) -> None:
        try:
            self.client.run(station.end, run, on_error="ignore")
        except Exception:  # the scheduler is gone, and with it nobody is left to be told
            pass

    def _each(self, function: Any, *arguments: Any, workers: Sequence[str]) -> dict[str, Any]:
        """What each worker gives, in its thread for tasks: it may take time. Raises SandboxError where one can't."""
        asked = {
            name: self.client.submit(function, *arguments, workers=[name], allow_other_workers=False, pure=False)
            for name in workers
        }
        deadline = time.monotonic() + _START
        found = {}
        for name, future in asked.items():
            try:
                found[name] = future.result(timeout=max(0.1, deadline - time.monotonic()))
            except Unfit as problem:
                raise SandboxError(f"The worker {name} can't grade: {problem}") from None
            except TimeoutError:
                raise SandboxError(f"The worker {name} was not ready in {_START:.0f} seconds.") from None
            except Exception as problem:  # whatever another installation does with what it doesn't know
                raise SandboxError(
                    f"The worker {name} can't grade{_because(problem)}: install the same engine there."
                ) from None
        return found


@dataclass(frozen=True)
class OnCluster:
    """A run on a cluster's workers: a `prepare.Ready`."""

    client: Client
    run: str
    order: Order
    collected: Collected
    reference: Reference | None
    faulty: dict[str, str]

    @property
    def tier(self) -> str:
        return self.order.tier

    def grade(self, job: Job, submissions: Sequence[tuple[Submission, str]]) -> Iterator[tuple[int, Report | None]]:
        """(index, report) as they are done. A batch whose worker dies is graded on another one.

        One that ends several workers is taken apart, and each of it graded while nothing else is: whoever ends several
        workers then is given None, and nobody for having been beside. Raises SandboxError when all workers are gone.
        """
        order = pickle.dumps(self.order)
        batch = pickle.dumps(Batch(frozenset(check.name for check in job.checks), job.limits))
        queue = deque(batches(submissions, threads=max(1, sum(self.client.nthreads().values()))))
        suspects: deque[list[int]] = deque()
        suspect: list[int] | None = None  # the one that is graded, and nothing beside it
        running: dict[Future[Any], list[int]] = {}

        def begin(indices: list[int]) -> None:
            pairs = [pickle.dumps(submissions[index]) for index in indices]
            running[self.client.submit(station.grade, self.run, order, batch, pairs, pure=False)] = indices

        while queue or suspects or running:
            room = _AHEAD * max(1, sum(self.client.nthreads().values()))
            while queue and len(running) < room:
                begin(queue.popleft())
            if suspects and not running:
                suspect = suspects.popleft()
                begin(suspect)
            for future in self._done(running):
                indices = running.pop(future)
                answers = self._answers(future)
                if answers is not None:
                    for index, answer in zip(indices, answers, strict=True):
                        yield index, pickle.loads(answer) if answer is not None else None
                elif indices is suspect:
                    yield indices[0], None
                else:
                    suspects += [[index] for index in indices]

    def _done(self, running: dict[Future[Any], list[int]]) -> list[Future[Any]]:
        """Those that are done, one at least. Raises SandboxError when nobody is left to do them."""
        alone_since = None
        looked = time.monotonic()
        while not (done := [future for future in running if future.done()]):
            time.sleep(_LOOK)
            if time.monotonic() - looked < 1.0:
                continue
            looked = time.monotonic()
            if self.client.nthreads():
                alone_since = None
            elif alone_since is None:
                alone_since = looked
            elif looked - alone_since > _WORKERS:
                raise SandboxError("All workers of the cluster are gone; run the same command to go on.")
        return done

    def _answers(self, future: Future[Any]) -> list[bytes | None] | None:
        """What a batch gave, None where it ended several workers."""
        from distributed import KilledWorker

        try:
            answers: list[bytes | None] = future.result()
        except KilledWorker:
            return None
        except Unfit as problem:
            raise SandboxError(f"A worker that came later can't grade: {problem}") from None
        except Exception as problem:
            raise SandboxError(
                f"The cluster can't go on{_because(problem)}; what was finished is kept, run the same command to go on."
            ) from None
        return answers


def batches(submissions: Sequence[tuple[Submission, str]], threads: int) -> Iterator[list[int]]:
    """Indices, cut so that each thread has several batches to come, and that one lost is little."""
    most = min(_BATCH, math.ceil(len(submissions) / (4 * threads)))
    batch: list[int] = []
    held = 0
    for index, (submission, _) in enumerate(submissions):
        weight = sum(map(len, submission.files.values()))
        if batch and (len(batch) >= most or held + weight > _BATCH_BYTES):
            yield batch
            batch, held = [], 0
        batch.append(index)
        held += weight
    if batch:
        yield batch
