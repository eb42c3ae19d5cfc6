"""Runs checks against one submission and reaches the verdicts: passed, failed, to do, or blocked.

Used by a student's pytest (`autograder.terminal.plugin`), one check at a time, and by the grader. Nothing here
touches a process or a file: the submission is behind a `Session`.
"""

from __future__ import annotations

import hashlib
import hmac
import time
import traceback
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Literal, get_args

from autograder.checking.student import Session, Student
from autograder.common.errors import (
    Blocked,
    CheckFailure,
    ComparedTooLong,
    ExecutorDied,
    ExecutorTimeout,
    InputChanged,
    LoadError,
    NotPlainData,
    NotWritten,
    SandboxError,
    StudentError,
)
from autograder.common.lessons import Lesson
from autograder.common.text import one_line, printable, with_article

if TYPE_CHECKING:
    from autograder.common.rng import Rng

Outcome = Literal["passed", "failed", "todo", "blocked"]
Visibility = Literal["visible", "after_due_date", "after_published", "hidden"]  # when students see a verdict
VISIBILITIES = get_args(Visibility)
_FROM_NUMPY = "torch.as_tensor(...) makes a tensor of it; better, stay in torch from the start."
MAX_TIMEOUTS = 3  # exercises that run out of time; then the rest of a submission counts as failed, without being run


@dataclass(frozen=True)
class Check:
    """One collected check. `worth` is what it earns: its share of its exercise's points among all collected checks."""

    name: str
    exercise: str
    worth: Fraction
    public: bool  # whether students have the check itself
    function: Callable[..., Any] = field(repr=False)
    arguments: dict[str, Any] = field(repr=False, default_factory=dict)  # from parametrize
    fixtures: tuple[str, ...] = ()  # which of `student` and `rng` it asks for
    requires: str | None = None
    visibility: Visibility = "visible"


@dataclass(frozen=True)
class Ground:
    """Public checks of another lesson: of its exercises that a lesson's exercises need, and of what those need."""

    lesson: Lesson
    checks: tuple[Check, ...]
    grounds: tuple[Ground, ...] = ()  # what these need in further lessons


@dataclass(frozen=True)
class Verdict:
    """What became of one check. Every text is whole here; `autograder.checking.report` says what a student sees."""

    outcome: Outcome
    sentence: str = ""
    expected: str = ""
    got: str = ""
    advice: str = ""
    lines: tuple[str, ...] = ()  # the student's own lines, where its code raised
    seconds: float = 0.0
    broken: bool = False  # the submission could not be loaded at all
    mistakes: tuple[str, ...] = ()  # the sentences of the named mistakes that `sentence` is made of
    error: str = ""  # where the check itself raised, and what: `FILE:LINE: Error: …`; for whoever wrote the check
    differs: str = ""  # where `got` is not as `expected`; as these, for public checks only
    cause: str = ""  # of a failure: the line that points at an exercise below, of which hidden checks are not passed


def check_seed(seed: int | str, check: str, purpose: str = "check") -> int:
    """A 63-bit seed for one check. The student's process gets one of another purpose, which tells nothing of this."""
    digest = hmac.new(str(seed).encode(), f"{purpose}:{check}".encode(), hashlib.sha256).digest()
    return int.from_bytes(digest[:8], "little") >> 1


def check_generator(seed: int | str, check: str) -> Rng:
    """The check's `rng`, from which it draws its inputs."""
    from autograder.common.rng import Rng

    return Rng(check_seed(seed, check))


class Run:
    """All checks of one lesson against one submission: verdicts by check, found in any order, each once."""

    def __init__(
        self,
        lesson: Lesson,
        checks: Iterable[Check],
        session: Session,
        seed: int | str = 0,
        clock: Callable[[], AbstractContextManager[None]] = nullcontext,
        grounds: Iterable[Ground] = (),
    ) -> None:
        self.lesson = lesson
        self.checks = {check.name: check for check in checks}
        self.session = session
        self.seed = seed
        self.clock = clock  # around each check; may raise ComparedTooLong
        self.grounds = tuple(grounds)
        self.student = Student(session)
        self._results: dict[str, Verdict] = {}  # of each check on its own, before what it needs is looked at
        self._stuck: dict[str, str] = {}  # exercise → why its remaining checks are not tried
        self._lacking: dict[str, str] | None = None  # `lesson:exercise` → why what needs it is blocked

    def all(self) -> dict[str, Verdict]:
        """Run every check. Public ones come first: what a student sees of them is then older than any hidden input."""
        for check in sorted(self.checks.values(), key=lambda check: not check.public):
            self._result(check)
        return {name: self.verdict(check) for name, check in self.checks.items()}

    def until_failure(self) -> dict[str, Verdict]:
        """Run checks in their order up to the first that is not passed."""
        found: dict[str, Verdict] = {}
        for name, check in self.checks.items():
            found[name] = self._result(check)
            if found[name].outcome != "passed":
                break
        return found

    def verdict(self, check: Check) -> Verdict:
        """The verdict on one check, running it and what it needs unless that has been done."""
        result = self._result(check)
        if result.outcome == "todo" or result.broken or result.outcome == "blocked":
            return result
        if blocker := self._need_of(check.exercise, self._blocks):
            return replace(result, outcome="blocked", sentence=f"blocked by {blocker}")
        if result.outcome == "failed" and (need := self._need_of(check.exercise, self._is_suspect)):
            return replace(result, cause=f"The cause may lie in {need}, which hidden checks find wrong.")
        return result

    def settle(self, check: Check, call: Callable[[], Any]) -> BaseException | None:
        """Record the result of `call`, which runs the check; gives what it raised (pytest runs checks its own way)."""
        start = time.perf_counter()
        error: BaseException | None = None
        try:
            self._begin(check)
            with self.clock():
                try:
                    call()
                except CheckFailure as failure:
                    if check.public:
                        failure.locate()
                    raise
            if self.session.gave_nan:  # no comparison holds for NaN, neither that it is close nor that it is far
                raise AssertionError(f"{check.exercise} gives NaN.")
        except KeyboardInterrupt:
            raise
        except BaseException as raised:
            error = raised
        if isinstance(error, ComparedTooLong):
            self.session.close()  # it may have been in the middle of an exchange
        if isinstance(error, (ExecutorTimeout, ComparedTooLong)):
            self._stuck.setdefault(check.exercise, str(error))
        self._results[check.name] = replace(self._judge(check, error), seconds=time.perf_counter() - start)
        return error

    def fixtures(self, check: Check) -> dict[str, Any]:
        """The values of the fixtures that the check asks for."""
        available: dict[str, Callable[[], Any]] = {
            "student": lambda: self.student,
            "rng": lambda: check_generator(self.seed, check.name),
        }
        return {name: available[name]() for name in check.fixtures}

    def _result(self, check: Check) -> Verdict:
        if check.name not in self._results:
            self.settle(check, lambda: check.function(**check.arguments, **self.fixtures(check)))
        return self._results[check.name]

    def _begin(self, check: Check) -> None:
        """Make the submission ready for the check. Raises LoadError, NotWritten, or the reason it can't run."""
        blocker = self._lack_of(check.exercise)  # before this lesson's own process is there
        if check.exercise in self._stuck:
            raise ExecutorTimeout(self._stuck[check.exercise])
        if len(self._stuck) >= MAX_TIMEOUTS:
            raise ExecutorTimeout("Not run: other exercises took too long.")
        self.session.load()
        definition = self.session.definitions.get(check.exercise)
        if definition is not None and not definition.written:
            raise NotWritten(check.exercise)
        if blocker:
            raise Blocked(blocker)
        self.session.begin(check_seed(self.seed, check.name, "student"))

    def _lack_of(self, exercise: str) -> str | None:
        """The exercise of another lesson that this one needs and can't build on, and where it stands."""
        needs = [need for need in reversed(self.lesson.all_needs(exercise)) if ":" in need]
        if needs and self._lacking is None:
            self._lacking = {}
            for ground in self.grounds:
                self._lacking |= self._lacking_in(ground)
        return next((self._lacking[need] for need in needs if self._lacking and need in self._lacking), None)

    def _lacking_in(self, ground: Ground) -> dict[str, str]:
        """Which exercises of another lesson can't be built on: its public checks run against the same submission."""
        name = ground.lesson.name
        exercises = dict.fromkeys(check.exercise for check in ground.checks)
        if self.session.submission.problem:
            return {}
        if not any(file.startswith(f"{name}/") for file in self.session.submission.files):
            return {f"{name}:{one}": f"{one} ({name}): hand in {name}/{name}.py beside this file" for one in exercises}
        run = Run(
            ground.lesson, ground.checks, self.session.beside(ground.lesson), self.seed, self.clock, ground.grounds
        )
        try:
            verdicts = run.all()
        finally:
            run.session.close()
        failing = {run.checks[check].exercise for check, verdict in verdicts.items() if verdict.outcome != "passed"}
        return {f"{name}:{one}": f"{one} ({name})" for one in exercises if one in failing}

    def _need_of(self, exercise: str, applies: Callable[[Check], bool]) -> str | None:
        """The exercise, among those that this one needs, of which `applies` is true of a check (the deepest first)."""
        for need in reversed(self.lesson.all_needs(exercise)):
            if any(applies(check) for check in self.checks.values() if check.exercise == need):
                return need
        return None

    def _blocks(self, check: Check) -> bool:
        """Whether this check takes the ground from what builds on its exercise: that is unwritten, or visibly wrong.

        What only hidden checks find wrong often does for others; taking their points too would be a hidden fine.
        """
        outcome = self._result(check).outcome
        return outcome == "todo" or (check.public and outcome != "passed")

    def _is_suspect(self, check: Check) -> bool:
        """Whether a hidden check, whose verdict the student sees, is not passed."""
        return not check.public and check.visibility == "visible" and self._result(check).outcome != "passed"

    def _is_to_do(self, check: Check) -> bool:
        """Whether code that says it isn't written is believed: of a hidden check, where a public one found the same."""
        others = (one for one in self.checks.values() if one.public and one.exercise == check.exercise)
        return check.public or any(self._result(one).outcome == "todo" for one in others)

    def _judge(self, check: Check, error: BaseException | None) -> Verdict:
        if error is None:
            return Verdict("passed")
        if isinstance(error, LoadError):
            return Verdict("failed", str(error), broken=True)
        if isinstance(error, NotWritten) and self._is_to_do(check):
            # the name comes from the student's process: only one that the lesson knows is repeated
            known = error.exercise in self.lesson.exercises and error.exercise != check.exercise
            if known and check.public:
                return Verdict("blocked", f"blocked by {error.exercise}")
            return Verdict("todo", f"{check.exercise} is not written yet")
        if isinstance(error, Blocked):
            return Verdict("blocked", f"blocked by {error}")
        if isinstance(error, StudentError) and error.missing in self.lesson.exercises:
            if check.public or error.missing not in self.session.definitions:
                return Verdict("failed", f"Your file defines no {error.missing}.", lines=tuple(error.lines))
        verdict = _failure(check, error)
        if self.session.gave_numpy and check.public and "must be a tensor, not" in verdict.sentence:
            verdict = replace(verdict, advice=f"It returned a numpy scalar. {_FROM_NUMPY}")
        return replace(
            verdict,
            expected=printable(verdict.expected),
            got=printable(verdict.got),
            differs=printable(verdict.differs),
        )


def _failure(check: Check, error: BaseException) -> Verdict:
    """Turn whatever a check raised into a sentence and what goes with it.

    Of a hidden check the student reads the sentence, and could write its inputs into whatever is theirs to choose: the
    type that they raise, the status that they exit with. It says then that there was an error, and no more.
    """
    if isinstance(error, CheckFailure):
        said = error.sentence, error.expected, error.got, error.advice
        return Verdict("failed", *said, mistakes=error.mistakes, differs=error.differs)
    if isinstance(error, (StudentError, NotWritten)):
        raised = getattr(error, "type", "NotImplementedError") if check.public else "an error"
        sentence = f"Your code raises {one_line(raised)} where it should not."
        if getattr(error, "in_probe", False) and check.public:  # none of the student's lines had a part in it
            sentence = f"What {check.exercise} gives can't be used as asked: that raises {one_line(raised)}."
        return Verdict("failed", sentence, got=str(error), lines=tuple(getattr(error, "lines", ())))
    if isinstance(error, NotPlainData) and error.kind == "ndarray" and check.public:
        return Verdict("failed", f"{check.exercise} returns a numpy array; return a torch tensor.", advice=_FROM_NUMPY)
    if isinstance(error, NotPlainData):
        kind = with_article(one_line(error.kind)) if check.public and error.kind else "something else"
        sentence = f"{check.exercise} gives {kind}; numbers, text, lists, dicts or tensors are asked for."
        return Verdict("failed", sentence, got=str(error))
    if isinstance(error, InputChanged):
        advice = "Work on a copy, or use an operation that returns a new tensor."
        return Verdict("failed", f"{error.function or check.exercise} changes its input in place.", advice=advice)
    if isinstance(error, (ExecutorTimeout, ComparedTooLong)):
        lines = tuple(getattr(error, "lines", ()))
        return Verdict("failed", str(error) or "Your code did not finish in time.", lines=lines)
    if isinstance(error, ExecutorDied):
        how = f": {error}" if check.public else "."
        return Verdict("failed", f"Your code ended its process{how}")
    if isinstance(error, AssertionError):
        # pytest appends its own explanation, with values, after the author's sentence, or puts it where there is none
        sentence = str(error).split("\nassert ")[0].strip().split("\n")[0]
        return Verdict("failed", sentence if sentence and not sentence.startswith("assert ") else "This is wrong.")
    if isinstance(error, SandboxError):  # no verdict: the sandbox is gone, and whoever grades starts another
        raise error
    sentence = f"{check.exercise} returned something that this check can't work with."
    told = f"{type(error).__name__}: {error}"
    return Verdict("failed", sentence, got=told, error=f"{_raised_at(check, error)}: {one_line(told)}")


def _raised_at(check: Check, error: BaseException) -> str:
    """FILE:LINE of the last step within the check's own file."""
    code = check.function.__code__
    line = code.co_firstlineno
    for frame, at in traceback.walk_tb(error.__traceback__):
        if frame.f_code.co_filename == code.co_filename:
            line = at
    return f"{code.co_filename}:{line}"
