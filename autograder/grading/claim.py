"""One grader at a time in a lesson's results: the next is told, since both would grade everything twice."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from autograder.common.errors import CourseError

_held: set[int] = set()


def _let_go() -> None:
    """A forked grader holds no claim: it may outlive the run that was killed by a moment."""
    for descriptor in _held:
        os.close(descriptor)
    _held.clear()


if sys.platform != "win32":
    os.register_at_fork(after_in_child=_let_go)


@contextmanager
def claimed(folder: Path) -> Iterator[bool]:
    """Keep other graders out of a folder of results. Raises CourseError where one is in it already.

    The lock is on the folder itself: it leaves no file, and goes with its process however that ends. Where the system
    or the disk has no such locks, nothing is locked: gives whether it is.
    """
    if sys.platform == "win32":
        yield False
        return
    import fcntl

    descriptor = os.open(folder, os.O_RDONLY)
    _held.add(descriptor)
    try:
        alone = True
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise CourseError(
                f"Another grader is at work in {folder}: wait until it has finished, or give another folder."
            ) from None
        except OSError:  # some network file systems
            alone = False
        yield alone
    finally:
        _held.discard(descriptor)
        os.close(descriptor)
