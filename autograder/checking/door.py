"""The door to a student's code in this very process: the one file of the trusted side that imports `inside`.

For students' own runs and for experiments, where nobody is to be kept out. Grading never goes through it, but for the
rehearsal on the course's own reference.
"""

from __future__ import annotations

import random
import time
import types
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from autograder.checking.stopwatch import OutOfTime, Stopwatch
from autograder.checking.submission import Submission, resolve
from autograder.common import wire
from autograder.common.errors import CourseError, ExecutorTimeout
from autograder.common.lessons import Lesson
from autograder.common.text import number
from autograder.inside.executor import Executor


class LocalTransport:
    """The student's code in this very process: for students' own runs, where nobody is to be kept out."""

    def __init__(self) -> None:
        self.waited = 0.0
        self.executor = Executor(in_process=True)
        self._state: tuple[Any, ...] | None = None  # global state as the student's code left it

    def exchange(self, request: bytes, deadline: float) -> bytes:
        # The check runs in this process too: what the student's code sets globally must not reach it, and must be
        # there again in its next call, as it would be in a process of its own.
        outside = _global_state()
        if self._state is not None:
            _set_global_state(self._state)
        began = time.monotonic()
        watch = Stopwatch(deadline - began)
        lines: list[tuple[str, ...]] = []

        def heard(frame: types.FrameType) -> bool:
            running, shown = self.executor.lines_at(frame)
            lines.append(shown)
            return running

        try:
            with watch.limit(heard):
                return self.executor.handle(request)
        except OutOfTime:
            sentence = f"Your code was still running after {number(watch.seconds)} s: is there a loop without an end?"
            raise ExecutorTimeout(sentence, lines[-1]) from None
        finally:
            self.waited += time.monotonic() - began - watch.spent()
            self._state = _global_state()
            _set_global_state(outside)

    def close(self) -> None:
        self.executor.unload()


def _global_state() -> tuple[Any, ...]:
    import torch

    # Not get_default_device: it makes a tensor there, and the device that was set may not be here.
    chosen = getattr(torch._GLOBAL_DEVICE_CONTEXT, "device_context", None)
    defaults = torch.get_default_dtype(), None if chosen is None else chosen.device
    return torch.is_grad_enabled(), *defaults, torch.get_rng_state(), random.getstate()


def _set_global_state(state: tuple[Any, ...]) -> None:
    import torch

    torch.set_grad_enabled(state[0])
    torch.set_default_dtype(state[1])
    torch.set_default_device(None)  # first: the random state lies on the CPU
    torch.set_rng_state(state[3])
    random.setstate(state[4])
    torch.set_default_device(state[2])


@dataclass(frozen=True)
class Loaded:
    """A submission's module in this process. `written` says of each exercise whether it is more than its stub."""

    module: types.ModuleType
    path: str  # as messages name it
    written: dict[str, bool]
    files: Mapping[str, bytes]  # the source of this lesson's file and of those that it uses

    def missing(self, lesson: Lesson, needs: Iterable[str]) -> str | None:
        """The first exercise in teaching order that `needs` builds on and that isn't written, if there is one."""
        wanted = {name for need in needs for name in (need, *lesson.all_needs(need))}
        return next((name for name in lesson.exercises if name in wanted and not self.written.get(name)), None)


def load(path: Path, lesson: Lesson) -> Loaded:
    """Load a submission's file of this lesson. Raises CourseError when it can't be."""
    return load_submission(resolve(path, lesson.name, lesson.uses), lesson)


def load_submission(submission: Submission, lesson: Lesson) -> Loaded:
    """Load a submission that has been read. Raises CourseError when it can't be."""
    if submission.problem:
        raise CourseError(submission.problem)
    shown = submission.display_path(lesson.name)
    executor = Executor(in_process=True)
    request = {"op": "load", "lesson": lesson.name, "path": shown, "files": submission.files}
    request["exercises"] = list(lesson.exercises)
    request["uses"] = dict(lesson.uses)
    outside = _global_state()
    try:
        reply = wire.decode(executor.handle(wire.encode(request)))
    finally:
        _set_global_state(outside)
    if "error" in reply or executor.lesson is None:
        raise CourseError(reply["error"]["message"])
    written = {name: found["written"] for name, found in reply["value"].items()}
    return Loaded(executor.lesson, shown, written, submission.files)
