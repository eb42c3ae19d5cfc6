"""What every grading run begins with: a zygote, the checks, and a rehearsal on the reference."""

from __future__ import annotations

import gc
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from autograder.checking.collecting import Collected, collect_checks
from autograder.common.errors import CourseError
from autograder.common.lessons import Course, Lesson
from autograder.grading.memory import check_address_space
from autograder.grading.reference import Reference
from autograder.sandbox import Limits, Zygote, is_readable


@dataclass(frozen=True)
class Prepared:
    """`reference` is the course's own, where there is one; `faulty` the checks that it fails, with where and why."""

    zygote: Zygote
    collected: Collected
    reference: Reference | None
    faulty: dict[str, str]


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
) -> Iterator[Prepared]:
    """Start the zygote, before any check is read; while it imports, collect the checks and rehearse them."""
    check_address_space((limits or Limits()).memory_bytes)
    _keep_apart([course.root / "solutions", course.hidden_checks(lesson.name), *([private] if private else [])])
    with Zygote.start(tier, limits, clients=workers, wait=False) as zygote:
        collected = collect_checks(course, lesson, private)
        reference = Reference.of(course, lesson)
        faulty = _rehearse(reference, collected, seed)
        for client in zygote.clients:
            client.wait()
        gc.collect()
        gc.freeze()  # forked graders share these pages as long as no collection writes to them
        yield Prepared(zygote, collected, reference, faulty)


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
