"""The trusted side of a submission: what a check's `student` fixture is, and how it reaches the student's code.

`Student` sends calls and probes; `Session` keeps the process that answers them, starts another one
after a death, and turns what comes back into values or into one of the exceptions below. The same
code serves a student's own pytest (`LocalTransport`) and the grader (`autograder.sandbox`): only bytes
cross, so the verdicts are the same.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

from autograder.checking.submission import Submission
from autograder.common import wire
from autograder.common.errors import (
    ExecutorDied,
    ExecutorTimeout,
    InputChanged,
    LoadError,
    NotPlainData,
    NotWritten,
    StudentError,
)
from autograder.common.lessons import Lesson
from autograder.common.text import one_line, printable

MAX_NOTES = 5  # of what is left out, the first ones


class Transport(Protocol):
    """Moves one request to the process that holds the student's code, and its reply back."""

    @property
    def waited(self) -> float:
        """A count of the seconds that nobody had a core for the process, or for whoever reads its answers."""

    def exchange(self, request: bytes, deadline: float) -> bytes:
        """Reply to `request`. `deadline` is in `time.monotonic()` seconds, what the process waits for a core left out.

        Raises ExecutorTimeout or ExecutorDied.
        """

    def close(self) -> None:
        """End the process, if there is one."""


OWN_SECONDS = 10.0  # twice what the sandbox gives a check: a laptop may be slower


@dataclass(frozen=True)
class TimeLimits:
    """Seconds that the student's process may run or sleep; what it waits for a core is not counted.

    `comparing` and `comparing_all` are CPU seconds of the checks' own side, which looks at what came. Together they
    bound what one submission can cost. Honest work takes a hundredth.
    """

    load: float = 10.0
    check: float = 5.0  # one check takes milliseconds; this ends an endless loop
    submission: float = 20.0  # all checks of one submission together, loading included
    comparing: float = 3.0  # one check's
    comparing_all: float = 8.0

    @classmethod
    def none(cls) -> TimeLimits:
        """For code that is known to end, such as the reference in the grader's own process."""
        return cls(load=1e9, check=1e9, submission=1e9, comparing=1e9, comparing_all=1e9)

    @classmethod
    def own(cls, seconds: float = OWN_SECONDS) -> TimeLimits:
        """For a student's own run (`checking.stopwatch`): so many seconds to load, and for each check; 0: no limit."""
        return replace(cls.none(), load=seconds, check=seconds) if seconds else cls.none()


@dataclass
class Definition:
    """A function or class at the top level of the submission, as its own process described it."""

    line: int
    written: bool
    cell: int | None = None  # the code cell of a notebook in which `line` is counted

    def place(self, path: str) -> str:
        """Where it is, for a reader of `path`."""
        return f"{path}:{self.line}" if self.cell is None else f"{path}, code cell {self.cell}, line {self.line}"


@dataclass
class Session:
    """One submission under check. `spawn` gives a fresh transport.

    `exercises` are the lesson's, by name: what of a notebook is loaded. `uses` are the lessons that it uses, and those
    that each of them uses in turn.
    """

    lesson: str
    submission: Submission
    spawn: Callable[[], Transport]
    limits: TimeLimits = field(default_factory=TimeLimits)
    definitions: dict[str, Definition] = field(default_factory=dict)
    exercises: tuple[str, ...] = ()
    uses: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @classmethod
    def of(
        cls, lesson: Lesson, submission: Submission, spawn: Callable[[], Transport], limits: TimeLimits | None = None
    ) -> Session:
        """For a lesson, with all that it says of itself; without limits as a student's own run."""
        told = limits or TimeLimits.none()
        return cls(lesson.name, submission, spawn, told, exercises=tuple(lesson.exercises), uses=lesson.uses)

    def beside(self, lesson: Lesson) -> Session:
        """The same submission's file of another lesson, with time limits of its own."""
        return Session.of(lesson, self.submission, self.spawn, self.limits)

    def __post_init__(self) -> None:
        self._transport: Transport | None = None
        self._load_error: str | None = None
        self._left = self.limits.submission  # of all its time
        self._left_of_check = self.limits.check
        self._seed: int | None = None  # goes out with the first call of a check
        self.gave_nan = False  # since the check began
        self._loaded = False
        self.notes: tuple[str, ...] = ()  # what of the submission doesn't count, or won't where it is graded
        self.gave_numpy = False  # whether the last answer to a call was a numpy scalar

    def begin(self, seed: int) -> None:
        """Start a check: a loaded process, its random state set from `seed`, and a fresh time limit."""
        self.load()
        self._left_of_check = self.limits.check
        self._seed, self.gave_nan, self.gave_numpy = seed, False, False

    def load(self) -> None:
        """Start a process and load the submission into it, unless that is done. Raises LoadError."""
        if self._load_error is not None:
            raise LoadError(self._load_error)
        if self._transport is not None:
            return
        if self.submission.problem:
            self._fail_load(self.submission.problem)
        if self._left <= 0:
            raise ExecutorTimeout("The time for the whole submission is used up.")
        self._transport = self.spawn()
        request = {
            "op": "load",
            "lesson": self.lesson,
            "path": self.submission.display_path(self.lesson),
            "files": self.submission.files,
            "exercises": list(self.exercises),
            "uses": dict(self.uses),
        }
        try:
            reply = self._exchange(request, self.limits.load)
        except ExecutorTimeout as error:
            where = f" It was at {error.lines[-1]}" if error.lines else ""
            self._fail_load(f"{self.submission.display_path(self.lesson)} did not finish loading in time.{where}")
        except ExecutorDied as error:
            self._fail_load(f"{self.submission.display_path(self.lesson)} could not be loaded: {error}")
        if "error" in reply:
            self._fail_load(printable(reply["error"].get("message")))
        self.definitions = _definitions(reply.get("value"))
        if not self._loaded:  # a process that is started anew may know hidden inputs by then, and could tell them here
            self.notes, self._loaded = _notes(reply.get("notes")), True

    def ask(self, message: dict[str, Any]) -> Any:
        """Send one call or probe and return its value.

        Raises NotWritten, StudentError, NotPlainData, InputChanged and Executor*.
        """
        if self._transport is None:
            raise ExecutorDied("its process has ended already.")
        message["seed"], self._seed = self._seed, None
        left = self._left
        reply = self._exchange(message, self._left_of_check)
        self._left_of_check -= left - self._left
        if "error" in reply:
            _raise(reply["error"])
        sent = (message["args"], message["kwargs"])
        if not wire.same((reply.get("args"), reply.get("kwargs")), sent):
            # of a probe's name a student knows nothing
            raise InputChanged(message["name"] if message["op"] == "call" else None)
        self.gave_numpy = reply.get("numpy") is True
        self.gave_nan = self.gave_nan or wire.holds_nan(reply.get("value"))
        return reply.get("value")

    def close(self) -> None:
        """End the student's process."""
        if self._transport is not None:
            self._transport.close()
            self._transport = None

    def _exchange(self, message: dict[str, Any], seconds: float) -> dict[str, Any]:
        """Send a request that the student's process may take so many seconds of its own for, and count them."""
        assert self._transport is not None
        request, transport = wire.encode(message), self._transport
        waited, began = transport.waited, time.monotonic()
        try:
            reply = wire.decode(transport.exchange(request, began + min(seconds, self._left)))
        except wire.WireError:
            self.close()
            raise ExecutorDied("its process sent something that is not an answer.") from None
        except (ExecutorTimeout, ExecutorDied):
            self.close()
            raise
        finally:
            self._left -= max(0.0, time.monotonic() - began - (transport.waited - waited))
        if not isinstance(reply, dict) or not isinstance(reply.get("error", {}), dict):
            self.close()
            raise ExecutorDied("its process sent something that is not an answer.")
        return reply

    def _fail_load(self, reason: str) -> None:
        self.close()
        self._load_error = reason
        raise LoadError(reason)


class Student:
    """What checks see: `student.f(...)` calls the student's `f`; `student.run(probe, ...)` runs a probe beside it."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def __getattr__(self, name: str) -> Callable[..., Any]:
        if name.startswith("_"):
            raise AttributeError(name)

        def call(*args: Any, **kwargs: Any) -> Any:
            return self._session.ask({"op": "call", "name": name, "args": list(args), "kwargs": kwargs})

        return call

    def run(self, probe: Any, *args: Any, **kwargs: Any) -> Any:
        """Run `probe(lesson, *args, **kwargs)` in the student's process and return the plain data that it returns."""
        message = {"op": "probe", "name": probe.name, "source": probe.source, "args": list(args), "kwargs": kwargs}
        return self._session.ask(message)


def _raise(error: dict[str, Any]) -> None:
    kind = printable(error.get("type"))
    lines = error.get("lines")
    lines = [printable(line) for line in lines[-8:] if isinstance(line, str)] if isinstance(lines, list) else []
    if kind == "NotImplementedError" and error.get("own") is True:
        exercise = error.get("raised_in")
        raise NotWritten(printable(exercise) if isinstance(exercise, str) else None)
    text, missing = printable(error.get("message")), printable(error.get("missing"))
    if "kind" in error:
        raise NotPlainData(printable(error.get("kind")), text)
    bases = error.get("bases")
    bases = tuple(printable(base) for base in bases[:20]) if isinstance(bases, list) else ()
    raise StudentError(kind, text, lines, missing, in_probe=error.get("in_probe") is True, bases=bases)


def _notes(value: Any) -> tuple[str, ...]:
    """At most so many sentences; a submission could say anything here, in its own report."""
    told = (
        [one_line(printable(note)) for note in value[:MAX_NOTES] if isinstance(note, str)]
        if isinstance(value, list)
        else []
    )
    return tuple(dict.fromkeys(told))


def _definitions(value: Any) -> dict[str, Definition]:
    if not isinstance(value, dict):
        return {}
    return {
        name: Definition(entry["line"], entry["written"], entry.get("cell"))
        for name, entry in value.items()
        if isinstance(name, str)
        and isinstance(entry, dict)
        and type(entry.get("line")) is int
        and type(entry.get("written")) is bool
        and type(entry.get("cell")) in (int, type(None))
    }
