"""What every grading run begins with: a zygote, the checks, and a rehearsal on the reference."""

from __future__ import annotations

import gc
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from autograder.checking.collecting import Collected, collect_checks
from autograder.checking.door import LocalTransport
from autograder.checking.running import Run
from autograder.checking.student import Session, TimeLimits
from autograder.checking.submission import resolve
from autograder.common.errors import CourseError
from autograder.common.lessons import Course, Lesson
from autograder.sandbox import Zygote, is_readable


@dataclass(frozen=True)
class Prepared:
    """`faulty` names the checks that the course's own reference does not pass on this machine."""

    zygote: Zygote
    collected: Collected
    faulty: list[str]


@contextmanager
def prepared(
    course: Course, lesson: Lesson, *, workers: int, tier: str | None, seed: str, private: Path | None = None
) -> Iterator[Prepared]:
    """Start the zygote, before any check is read; while it imports, collect the checks and rehearse them."""
    _keep_apart([course.root / "solutions", course.hidden_checks(lesson.name), *([private] if private else [])])
    with Zygote.start(tier, clients=workers, wait=False) as zygote:
        collected = collect_checks(course, lesson, private)
        faulty = _rehearse(course, lesson, collected, seed)
        for client in zygote.clients:
            client.wait()
        gc.collect()
        gc.freeze()  # forked graders share these pages as long as no collection writes to them
        yield Prepared(zygote, collected, faulty)


def _keep_apart(folders: Iterable[Path]) -> None:
    """Raises CourseError for a folder among those of Python's that every submission may read."""
    for folder in folders:
        if is_readable(folder):
            raise CourseError(f"Submissions could read {folder}: it lies in a folder of Python's; move it elsewhere.")


def _rehearse(course: Course, lesson: Lesson, collected: Collected, seed: str) -> list[str]:
    """Run the checks on the reference, here: forked graders then find everything imported, and a check that is wrong
    on this machine shows before it costs a student points."""
    import torch

    torch.set_num_threads(1)
    if not course.reference(lesson.name).exists():
        return []
    reference = resolve(course.root / "solutions", lesson.name, lesson.uses)
    session = Session(lesson.name, reference, LocalTransport, TimeLimits.none())
    try:
        verdicts = Run(lesson, collected.checks, session, seed).all()
    finally:
        session.close()
    return [name for name, verdict in verdicts.items() if verdict.outcome != "passed"]
