"""Every exception that more than one room knows."""

from __future__ import annotations

from collections.abc import Callable


class CourseError(Exception):
    """Something about the course's own files or the command line is wrong; the text is one sentence and what to do."""


class StudentError(Exception):
    """The student's code raised. `type` and `message` are its own; `lines` are the student's lines, innermost last.

    `missing` is the name that was looked up in the student's module and is not there, if that is what went wrong.
    `in_probe` is whether it was raised by a check's own probe, while it worked with what the student's code gave.
    `bases` are the names of the classes that its type inherits from.
    """

    def __init__(
        self,
        type: str,
        message: str,
        lines: list[str],
        missing: str = "",
        in_probe: bool = False,
        bases: tuple[str, ...] = (),
    ) -> None:
        super().__init__(f"{type}: {message}" if message else type)
        self.type = type
        self.message = message
        self.lines = lines
        self.missing = missing
        self.in_probe = in_probe
        self.bases = bases


class NotPlainData(Exception):
    """What the student's code gave can't cross to the check. `kind` is its type's name; the text says what is odd."""

    def __init__(self, kind: str, text: str) -> None:
        super().__init__(text)
        self.kind = kind


class NotWritten(Exception):
    """An exercise still raises NotImplementedError. `exercise` is the one whose body raised it, where that is known."""

    def __init__(self, exercise: str | None) -> None:
        super().__init__(f"{exercise or 'this'} is not written yet")
        self.exercise = exercise


class Blocked(Exception):
    """What a check builds on is not there, and not an exercise of this lesson; the text names it."""


class LoadError(Exception):
    """The submission could not be loaded at all; the text is one sentence with the place."""


class InputChanged(Exception):
    """A call changed one of its arguments in place. `function` is its name, None where a probe called it."""

    def __init__(self, function: str | None) -> None:
        super().__init__(function)
        self.function = function


class ExecutorTimeout(Exception):
    """The student's code did not answer in time, and has been ended. `lines` are the student's that ran, if known."""

    def __init__(self, text: str, lines: tuple[str, ...] = ()) -> None:
        super().__init__(text)
        self.lines = lines


class ExecutorDied(Exception):
    """The student's process ended or spoke nonsense; the text is one sentence, with nothing of the student's in it."""


class CheckFailure(AssertionError):
    """A check's verdict: what is wrong in a sentence, and for public checks the values and where to look.

    `mistakes` are the sentences of the named mistakes that `sentence` is made of, if it is. `differs` says where what
    was got differs from what was expected, once `locate` was called: of hidden checks nobody reads it.
    """

    def __init__(
        self,
        sentence: str,
        expected: str = "",
        got: str = "",
        advice: str = "",
        mistakes: tuple[str, ...] = (),
        differing: Callable[[], str] = str,
    ) -> None:
        self.sentence = sentence.strip()
        self.expected = expected
        self.got = got
        self.advice = advice
        self.mistakes = mistakes
        self.differs = ""
        self._differing = differing
        super().__init__(self.sentence)

    def locate(self) -> None:
        self.differs = self._differing()


class SandboxError(Exception):
    """The sandbox can't be had, or broke; the text is one sentence. Never the student's fault."""


class Overloaded(SandboxError):
    """The machine had no time for the student's process. Whoever grades tries again, and blames nobody."""


class ComparedTooLong(BaseException):
    """A check took too long to look at an answer. Not an Exception, which a check might catch."""


class ZygoteDied(SandboxError):
    """The process that forks the children is gone. `ZygoteClient.restart()` starts another.

    At tier `none` a submission can bring this about, so whoever grades restarts, tries that submission once
    more, and blames it when the zygote dies again.
    """
