"""Runs a lesson's checks after every save."""

from __future__ import annotations

import os
import subprocess
import sys

from autograder.common.lessons import Course, Lesson


def watch_lesson(course: Course, lesson: Lesson) -> None:
    """Run pytest on the lesson now and after every save."""
    from watchfiles import watch

    folder = lesson.folder
    print(f"Watching {os.path.relpath(folder)}; save a file to run its checks, Ctrl-C ends this.")
    import torch  # noqa: F401  imported once, here; each run is a fork of this process

    try:
        saves = watch(
            folder,
            watch_filter=lambda _, path: path.endswith(".py"),
            raise_interrupt=True,
            rust_timeout=300,
            yield_on_timeout=True,
        )
        next(saves)  # watching has begun, so that a save during the first run is not missed
        _run_lesson(folder)
        for saved in saves:
            if saved:
                _run_lesson(folder)
    except KeyboardInterrupt:
        print()


def _run_lesson(folder: os.PathLike[str]) -> None:
    known = "ignore::pytest.PytestAssertRewriteWarning"  # the run is a fork of what has its plugins imported already
    arguments = [str(folder), "-q", "-p", "no:cacheprovider", "-W", known]
    if not hasattr(os, "fork"):
        subprocess.run([sys.executable, "-m", "pytest", *arguments])
        return
    sys.stdout.flush()
    child = os.fork()
    if child == 0:
        import pytest

        code = 1
        try:
            code = int(pytest.main(arguments))
        finally:
            sys.stdout.flush()
            os._exit(code)
    os.waitpid(child, 0)
