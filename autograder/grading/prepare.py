"""What every grading run begins with: a zygote, the checks, and a rehearsal on the reference."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Protocol

from autograder.checking.collecting import Collected, collect_checks
from autograder.checking.report import Report
from autograder.checking.submission import Submission
from autograder.common.errors import CourseError, SandboxError
from autograder.common.lessons import Course, Lesson
from autograder.common.text import size
from autograder.grading.memory import check_address_space
from autograder.grading.pool import Job, grade_many
from autograder.grading.reference import Reference
from autograder.sandbox import Limits, Zygote, is_readable

# Of a job and its (submission, key) pairs: (index, report) as they are done, as `pool.grade_many` gives them.
GradeAll = Callable[[Job, Sequence[tuple[Submission, str]]], Iterator[tuple[int, Report | None]]]


class Ready(Protocol):
    """What a grading run leans on, wherever its submissions run."""

    @property
    def collected(self) -> Collected: ...

    @property
    def reference(self) -> Reference | None: ...

    @property
    def faulty(self) -> dict[str, str]: ...

    @property
    def tier(self) -> str: ...

    @property
    def grade(self) -> GradeAll: ...


class Prepare(Protocol):
    """Makes ready for grading, as `prepared` does on this machine. Raises CourseError and SandboxError."""

    def __call__(
        self,
        course: Course,
        lesson: Lesson,
        *,
        workers: int,
        tier: str | None,
        seed: str,
        private: Path | None = None,
        limits: Limits | None = None,
    ) -> AbstractContextManager[Ready]: ...


@dataclass(frozen=True)
class Prepared:
    """`reference` is the course's own, where there is one; `faulty` the checks that it fails, with where and why."""

    zygote: Zygote
    collected: Collected
    reference: Reference | None
    faulty: dict[str, str]

    @property
    def tier(self) -> str:
        return self.zygote.tier

    def grade(self, job: Job, submissions: Sequence[tuple[Submission, str]]) -> Iterator[tuple[int, Report | None]]:
        return grade_many(job, submissions, self.zygote.clients)


@contextmanager
def prepared(
    course: Course,
    lesson: Lesson,
    *,
    workers: int,
    tier: str | None,
    seed: str,
    private: Path | None = None,
    limits: Limits | None = None,
    started: Zygote | None = None,
) -> Iterator[Prepared]:
    """Start the zygote, before any check is read; while it imports, collect the checks and rehearse them.

    One that is `started` already serves several lessons: it holds nothing of any, and none of them ends it.
    """
    check_address_space((limits or Limits()).memory_bytes)
    _keep_apart([course.root / "solutions", course.hidden_checks(lesson.name), *([private] if private else [])])
    with nullcontext(started) if started else Zygote.start(tier, limits, clients=workers, wait=False) as zygote:
        collected = collect_checks(course, lesson, private)
        reference = Reference.of(course, lesson)
        faulty = _rehearse(reference, collected, seed)
        for client in zygote.clients:
            client.wait()
        gc.collect()
        gc.freeze()  # forked graders share these pages as long as no collection writes to them
        ready = Prepared(zygote, collected, reference, faulty)
        _check_memory(ready, limits or Limits(), private, seed)
        yield ready


@contextmanager
def one_start(workers: int, tier: str | None, limits: Limits) -> Iterator[Prepare]:
    """What makes ready for several lessons, one after the other, with one zygote."""
    check_address_space(limits.memory_bytes)
    with Zygote.start(tier, limits, clients=workers, wait=False) as zygote:
        yield partial(prepared, started=zygote)


def _keep_apart(folders: Iterable[Path]) -> None:
    """Raises CourseError for a folder among those of Python's that every submission may read."""
    for folder in folders:
        if is_readable(folder):
            raise CourseError(f"Submissions could read {folder}: it lies in a folder of Python's; move it elsewhere.")


def _rehearse(reference: Reference | None, collected: Collected, seed: str) -> dict[str, str]:
    """Run the checks on the reference, here: forked graders then find everything imported, and a check that is wrong
    on this machine shows before it costs a student points."""
    import torch

    torch.set_num_threads(1)
    return {} if reference is None else reference.fails(collected.checks, seed)


def _check_memory(ready: Prepared, limits: Limits, private: Path | None, seed: str) -> None:
    """Raises CourseError where the course's own solution fails for want of memory; its checks may be an instructor's.

    Where the default was measured to be enough, with the course's own checks, nothing is asked.
    """
    if ready.reference is None or (limits.memory_bytes >= Limits.memory_bytes and private is None):
        return
    checks = [check for check in ready.collected.checks if check.name not in ready.faulty]
    try:
        failed = list(ready.reference.fails(checks, seed, ready.zygote.clients[0].spawn))
    except SandboxError:  # not even the process itself fits
        failed = ["every check"]
    if failed:
        raise CourseError(
            f"With {size(limits.memory_bytes)} of memory in the sandbox the course's own solution fails "
            f"{', '.join(failed[:3])}, which it passes outside: give submissions more with --memory."
        )
