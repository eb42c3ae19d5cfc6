"""A Dask worker's grading, in a process beside it.

The Dask worker starts one station for a grading run and keeps it between batches. It passes bytes on and nothing more:
it forks nothing, and runs no check and no student's code. The station is what `autograder grade` is on one machine: it
starts the zygote, reads the checks from the repository that lies here, and forks the grader that reaches the verdicts.
It ends with its worker, whichever way that ends, and takes its zygote and every child with it.
"""

from __future__ import annotations

import os
import pickle
import signal
import socket
import subprocess
import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TYPE_CHECKING, Any

from autograder.sandbox.preload import THREADS
from autograder.sandbox.setup import command

if TYPE_CHECKING:
    from autograder.checking.student import TimeLimits

_IDLE = 900.0  # seconds after which a station ends that nobody asks anything: who started the run was killed
_LOOK = 0.5  # seconds between two looks at whether the other side is still there
_NUMBER = 4  # bytes of a submission's place in its batch, before its report
_FAIR_TRIES = 2  # stations that a submission may end before it is left ungraded


class Unfit(Exception):
    """This worker can't grade for this run; the text is one sentence."""


@dataclass(frozen=True)
class Order:
    """What a station is to be: all that decides its results, and what it must find here. It holds the seed."""

    root: str  # of the course; empty for the engine's own repository, wherever that lies
    lesson: str
    private: str  # the instructor's hidden checks, or none
    seed: str
    tier: str
    memory_bytes: int
    engine: str
    libraries: tuple[str, ...]
    checks: str  # digests
    reference: str
    unmet: tuple[str, ...]


@dataclass(frozen=True)
class Batch:
    """What is to be graded: with which checks, of those that are there, and (submission, key) pairs, pickled."""

    checks: frozenset[str]
    limits: TimeLimits


# --- in the Dask worker: nothing but bytes --------------------------------------------------------------------------


_lock = threading.Lock()  # one batch at a time, also where a worker has several threads
_stations: dict[str, _Station] = {}  # by the run that they grade for
_over: set[str] = set()  # runs that have ended


def best_tier(tier: str | None) -> str:
    """The tier that a worker would grade at. Raises Unfit where it has none, or not the one that is asked for."""
    from autograder.common.errors import SandboxError
    from autograder.sandbox.tiers import detect

    try:
        return detect().setup(tier).tier
    except SandboxError as problem:
        raise Unfit(str(problem)) from None


def start(run: str, order: bytes) -> dict[str, str]:
    """Start this worker's station. Gives the checks that the course's own solution fails, with why. Raises Unfit."""
    with _lock:
        return _station(run, order).faulty


def grade(run: str, order: bytes, batch: bytes, pairs: Sequence[bytes]) -> list[bytes | None]:
    """The pickled report of each pair, None for one that ended several stations or that the machine had no time for.

    What was finished before a station died is not asked again. Raises Unfit.
    """
    reports: dict[int, bytes | None] = {}
    ended: Counter[int] = Counter()
    with _lock:
        while waiting := [index for index in range(len(pairs)) if index not in reports]:
            try:
                for place, report in _station(run, order).reports(batch, [pairs[index] for index in waiting]):
                    reports[waiting[place]] = report
            except EOFError:
                if (dead := _stations.pop(run, None)) is not None:
                    dead.end()
                in_hand = next((index for index in waiting if index not in reports), None)
                if in_hand is not None:
                    ended[in_hand] += 1
                    if ended[in_hand] == _FAIR_TRIES:
                        reports[in_hand] = None
    return [reports[index] for index in range(len(pairs))]


def end(run: str) -> None:
    """End this worker's station of a run, also in the midst of a batch."""
    _over.add(run)
    if (station := _stations.pop(run, None)) is not None:
        station.end()


def _station(run: str, order: bytes) -> _Station:
    if run not in _over and run not in _stations:
        _stations[run] = _Station(order)
    if run in _over:  # by now, perhaps
        end(run)
        raise Unfit("The run that it was to grade for has ended.")
    return _stations[run]


class _Station:
    """The handle on one. Raises Unfit where it can't be what is ordered."""

    def __init__(self, order: bytes) -> None:
        ours, theirs = socket.socketpair()
        self.connection = Connection(ours.detach())
        self.faulty: dict[str, str] = {}
        with theirs:
            self.process = subprocess.Popen(
                command("autograder.grading.station", str(theirs.fileno())),
                env=os.environ | THREADS,
                cwd="/",
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,  # Ctrl-C is for whoever grades
                pass_fds=[theirs.fileno()],
            )
        try:
            self.connection.send_bytes(order)
            unfit, self.faulty = pickle.loads(self._receive())
        except (EOFError, OSError):
            self.end()
            raise Unfit(
                "The process that is to grade there ended before it was ready; is there enough memory?"
            ) from None
        if unfit:
            self.end()
            raise Unfit(unfit)

    def reports(self, batch: bytes, pairs: Sequence[bytes]) -> Iterator[tuple[int, bytes | None]]:
        """(place, report) as they are done. Raises EOFError when the station dies."""
        try:
            self.connection.send_bytes(pickle.dumps((batch, pairs)))
            while answer := self._receive():
                place, report = answer[:_NUMBER], answer[_NUMBER:]
                yield int.from_bytes(place, "big"), report or None
        except OSError:
            raise EOFError from None

    def _receive(self) -> bytes:
        """The next message. A grader that outlives its station for a moment holds the connection open, too."""
        while not self.connection.poll(_LOOK):
            if self.process.poll() is not None and not self.connection.poll():
                raise EOFError
        return self.connection.recv_bytes()

    def end(self) -> None:
        """Kill it; its zygote then ends by itself, with every child."""
        self.process.kill()
        self.process.wait()


# --- in the station -------------------------------------------------------------------------------------------------


def main(descriptor: str) -> None:
    """Serve the Dask worker at the other end of a socket, until it is gone or asks nothing more."""
    worker = Connection(int(descriptor))
    _end_with_parent()
    order: Order = pickle.loads(worker.recv_bytes())
    try:
        _serve(worker, order)
    except Unfit as problem:
        worker.send_bytes(pickle.dumps((str(problem), {})))


def _end_with_parent() -> None:
    """Look every second whether the worker is still there: at work, nobody would see that the connection is closed."""
    parent = os.getppid()

    def look(*_: Any) -> None:
        if os.getppid() != parent:
            signal.setitimer(signal.ITIMER_REAL, 0)
            raise SystemExit(1)

    signal.signal(signal.SIGALRM, look)
    signal.setitimer(signal.ITIMER_REAL, 1.0, 1.0)


def _serve(worker: Connection, order: Order) -> None:
    from autograder.checking.digest import engine_digest, installed_versions
    from autograder.common.errors import CourseError, SandboxError
    from autograder.common.lessons import named_course
    from autograder.grading.pool import Job
    from autograder.grading.prepare import prepared
    from autograder.sandbox import Limits

    for one, other in zip(installed_versions(), order.libraries, strict=True):
        if one != other:
            raise Unfit(f"It has {one}, and here it is {other}: install the same there.")
    if engine_digest() != order.engine:
        raise Unfit("Its engine is another one: install the same there, from the same commit.")
    ready_for = False
    try:
        course = named_course(Path(order.root) if order.root else None)
        lesson = course.lesson(order.lesson)
        private = Path(order.private) if order.private else None
        limits = Limits(memory_bytes=order.memory_bytes)
        with prepared(
            course, lesson, workers=1, tier=order.tier, seed=order.seed, private=private, limits=limits
        ) as ready:
            _check_same(order, ready)
            worker.send_bytes(pickle.dumps(("", ready.faulty)))
            ready_for = True
            job = Job(
                lesson,
                ready.collected.checks,
                order.seed,
                ready.tier,
                grounds=ready.collected.grounds,
                reference=ready.reference,
                by_digest=True,
            )
            while worker.poll(_IDLE):
                batch, pairs = pickle.loads(worker.recv_bytes())
                asked: Batch = pickle.loads(batch)
                checks = [check for check in job.checks if check.name in asked.checks]
                this = replace(job, checks=checks, limits=asked.limits)
                for place, report in ready.grade(this, [pickle.loads(pair) for pair in pairs]):
                    said = pickle.dumps(report) if report is not None else b""
                    worker.send_bytes(place.to_bytes(_NUMBER, "big") + said)
                worker.send_bytes(b"")
    except (CourseError, SandboxError, OSError) as problem:
        if ready_for:
            raise  # the worker sees that it is gone, and starts another
        raise Unfit(str(problem)) from None


def _check_same(order: Order, ready: Any) -> None:
    """Raises Unfit where the course's files here are others, or the machine lacks what a check requires."""
    if ready.collected.digest != order.checks:
        raise Unfit("Its checks are other ones: update the course's files there.")
    if reference_digest(ready.reference) != order.reference:
        raise Unfit("The course's own solution is another one there: update the course's files.")
    if odd := sorted(set(ready.collected.unmet) ^ set(order.unmet)):
        raise Unfit(f"Only one of it and this machine has what {odd[0]} requires.")


def reference_digest(reference: Any) -> str:
    """Of a `Reference`, empty where there is none."""
    return reference.submission.digest() if reference is not None else ""
