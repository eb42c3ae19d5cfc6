"""Runs many submissions of one lesson, a few at a time, each in a sandboxed process of its own.

A grader process is forked for each worker after torch and the checks are loaded. It holds the checks and
reaches the verdicts; the submission runs in a child of the zygote, which was started before any check
was read and holds nothing secret.
"""

from __future__ import annotations

import hashlib
import hmac
import multiprocessing
import signal
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from multiprocessing.connection import Connection, wait
from typing import Any

from autograder.checking.report import Report, build_report
from autograder.checking.running import Check, Ground, Run, Verdict
from autograder.checking.student import Session, TimeLimits, Transport
from autograder.checking.submission import Submission
from autograder.common.errors import Overloaded, ZygoteDied
from autograder.common.lessons import Lesson
from autograder.grading.clock import Clock
from autograder.grading.reference import Reference, failed

_TRIES = 3  # of a submission for which the machine had no time
_COMPARING = 2 << 30  # bytes that a grader may take to compare answers, of which the largest has 64 MiB


@dataclass(frozen=True)
class Job:
    """What all submissions of one grading run share."""

    lesson: Lesson
    checks: Sequence[Check]
    seed: str
    tier: str
    limits: TimeLimits = field(default_factory=TimeLimits)
    grounds: tuple[Ground, ...] = ()  # what the exercises need in other lessons
    reference: Reference | None = None  # asked before a failed check costs points
    by_digest: bool = False  # each submission draws inputs of its own: for a grade, not where runs are compared
    until_failure: bool = False  # one check that is not passed is enough: the others are not run

    def seed_of(self, submission: Submission) -> str:
        """HMAC(seed, what was handed in): the same for the same files, and nobody can tell it without the seed."""
        if not self.by_digest:
            return self.seed
        return hmac.new(self.seed.encode(), f"seed:{submission.digest()}".encode(), hashlib.sha256).hexdigest()


def grade_one(job: Job, submission: Submission, spawn: Callable[[], Transport], key: str = "") -> Report:
    """Check one submission behind the transports that `spawn` gives, and report.

    A check that the reference fails on the same inputs is left out, and what it blocked is asked again.
    """
    start = time.perf_counter()
    seed, checks = job.seed_of(submission), list(job.checks)
    left_out: list[str] = []
    while True:
        verdicts, notes = _verdicts(job, checks, submission, spawn, seed)
        unsound = job.reference.fails(failed(checks, verdicts), seed) if job.reference is not None else {}
        if not unsound:
            break
        left_out += unsound
        checks = [check for check in checks if check.name not in unsound]
    seconds = time.perf_counter() - start
    # a check without a verdict is a failed one, unless the run ended at the first failure
    asked = [check for check in checks if check.name in verdicts] if job.until_failure else checks
    name, lesson = submission.name, job.lesson.name
    report = build_report(name, lesson, asked, verdicts, tier=job.tier, seconds=seconds, key=key)
    return replace(report, left_out=tuple(left_out), notes=notes)


def _verdicts(
    job: Job, checks: Sequence[Check], submission: Submission, spawn: Callable[[], Transport], seed: str
) -> tuple[dict[str, Verdict], tuple[str, ...]]:
    """The verdicts, and what of the submission was left out."""
    session = Session.of(job.lesson, submission, spawn, job.limits)
    try:
        clock = Clock(job.limits.comparing, job.limits.comparing_all)
        run = Run(job.lesson, checks, session, seed, clock, job.grounds)
        return (run.until_failure() if job.until_failure else run.all()), session.notes
    finally:
        session.close()


def grade_many(
    job: Job, submissions: Sequence[tuple[Submission, str]], clients: Sequence[Any]
) -> Iterator[tuple[int, Report | None]]:
    """Grade (submission, key) pairs with one worker for each zygote client; gives (index, report) as they are done.

    A worker that dies is replaced and its submission tried once more; None stands for one that ended two workers, or
    for which the machine was too busy.
    """
    queue = deque((index, 0) for index in range(len(submissions)))
    workers = [_Worker(job, submissions, client) for client in clients[: max(1, len(submissions))]]
    try:
        for worker in workers:
            worker.give(queue)
        while busy := [(worker, worker.task) for worker in workers if worker.task is not None]:
            ready = set(wait([end for worker, _ in busy for end in (worker.connection, worker.process.sentinel)]))
            for worker, (index, tries) in busy:
                if worker.connection not in ready and worker.process.sentinel not in ready:
                    continue
                try:
                    yield index, worker.connection.recv()
                except (EOFError, OSError):
                    worker.start()
                    if tries == 0:
                        queue.appendleft((index, 1))
                    else:
                        yield index, None
                worker.give(queue)
    finally:
        for worker in workers:
            worker.stop()


class _Worker:
    """One forked grader process and the submission that it has in hand."""

    def __init__(self, job: Job, submissions: Sequence[tuple[Submission, str]], client: Any) -> None:
        self.arguments = (job, submissions, client)
        self.task: tuple[int, int] | None = None
        self.start()

    def start(self) -> None:
        context = multiprocessing.get_context("fork")
        self.connection, theirs = context.Pipe()
        self.process = context.Process(target=_serve, args=(theirs, self.connection, *self.arguments), daemon=True)
        self.process.start()
        theirs.close()

    def give(self, queue: deque[tuple[int, int]]) -> None:
        self.task = queue.popleft() if queue else None
        if self.task is not None:
            self.connection.send(self.task[0])

    def stop(self) -> None:
        try:
            self.connection.send(None)  # workers forked later hold this connection open: closing it tells nothing
        except OSError:
            pass
        self.connection.close()
        self.process.join(timeout=2.0)
        if self.process.is_alive():
            self.process.kill()
            self.process.join()


def _serve(
    mine: Connection, parents: Connection, job: Job, submissions: Sequence[tuple[Submission, str]], client: Any
) -> None:
    """The grader process: grades the submissions whose indices it is sent, until None comes or the parent is gone."""
    parents.close()
    for number in (signal.SIGINT, signal.SIGTERM):  # the parent decides what they mean
        signal.signal(number, signal.SIG_IGN)
    _use_one_thread()
    _bound_memory()
    while True:
        try:
            index = mine.recv()
        except (EOFError, OSError):
            return
        if index is None:
            return
        submission, key = submissions[index]
        report = _patiently(job, submission, client, key)
        try:
            mine.send(report)
        except OSError:
            return  # the parent is gone


def _patiently(job: Job, submission: Submission, client: Any, key: str) -> Report | None:
    """A report, or none where the machine had no time for the submission, again and again."""
    for _ in range(_TRIES):
        try:
            return grade_one(job, submission, client.spawn, key)
        except ZygoteDied:
            client.restart()
            return _blame(job, submission, client, key)
        except Overloaded:
            continue
    return None


def _use_one_thread() -> None:
    """A fork has none of the threads with which its parent computed, and would wait for them for ever."""
    import torch

    torch.set_num_threads(1)


def _bound_memory() -> None:
    """Let a check run out of memory, and so fail, before the machine does: what it compares with came from a student,
    and two tensors of megabytes can be stretched to one of terabytes."""
    try:
        import resource

        with open("/proc/self/statm") as file:
            size = int(file.read().split()[0]) * resource.getpagesize()
        hard = resource.getrlimit(resource.RLIMIT_AS)[1]
        bound = size + _COMPARING if hard == resource.RLIM_INFINITY else min(hard, size + _COMPARING)
        resource.setrlimit(resource.RLIMIT_AS, (bound, hard))
    except (ImportError, OSError, ValueError):  # not on this system
        return


def _blame(job: Job, submission: Submission, client: Any, key: str) -> Report:
    """Try once more with a new zygote; a submission that ends that one too is reported as what it is."""
    try:
        return grade_one(job, submission, client.spawn, key)
    except ZygoteDied:
        client.restart()
        broken = Submission(submission.name, submission.origin, problem="The submission ended the process around it.")
        return grade_one(job, broken, client.spawn, key)
