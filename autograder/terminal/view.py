"""What a student sees of a run in the terminal: per check a sentence, per lesson what is done and what next.

Everything that the end of the run needs travels in each report's user_properties, so that it arrives
from xdist's workers too.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from autograder.checking.private_pytest import ReprFileLocation, TerminalRepr, TerminalWriter
from autograder.checking.running import Check, Run, Verdict
from autograder.common.lessons import Exercise, Lesson, check_file, load_course
from autograder.common.text import number

_KEY = "autograder"
_STATUS = {  # category and short and long word for pytest's own progress and counts
    "todo": ("to do", "t", ("TO DO", {"yellow": True})),
    "blocked": ("blocked", "b", ("BLOCKED", {"yellow": True})),
    "broken": ("broken", "E", ("BROKEN", {"red": True})),
}
_LATER = ("more wrong", "f", ("FAILED", {"red": True}))


class Explanation(TerminalRepr):
    """Stands where pytest would print a traceback: the sentence, expected against got, and where to look."""

    def __init__(self, check: Check, verdict: Verdict, path: Path, line: int) -> None:
        self.title = f"{check.exercise}: {verdict.sentence}"
        self.lines = explain(check, verdict)
        self.reprcrash = ReprFileLocation(str(path), line, verdict.sentence)  # for the line of -r in the summary

    def toterminal(self, writer: TerminalWriter) -> None:
        writer.line(self.title, red=True, bold=True)
        for line in self.lines:
            writer.line(line)

    def __str__(self) -> str:
        return "\n".join([self.title, *self.lines])


def explain(check: Check, verdict: Verdict) -> list[str]:
    """The lines below a failure's sentence."""
    lines = []
    if verdict.expected:
        lines.append(f"  expected: {verdict.expected}")
    if verdict.got:
        lines.append(f"  got:      {verdict.got}")
    lines += [f"  at {line}" for line in verdict.lines]
    if verdict.advice:
        lines.append(f"  {verdict.advice}")
    if verdict.cause:
        lines.append(f"  {verdict.cause}")
    lines.append(f"  A hint: autograder hint {check.exercise}")
    return lines


def annotate(report: pytest.TestReport, item: pytest.Item, run: Run, name: str) -> None:
    """Attach the verdict to pytest's report and replace its traceback."""
    check = run.checks[name]
    verdict = run.verdict(check)
    report.user_properties.append((_KEY, _facts(run, check)))
    if verdict.outcome == "passed":
        return
    if verdict.outcome == "failed" and not verdict.broken:
        path, line, _ = item.location
        report.longrepr = Explanation(check, verdict, Path(path), (line or 0) + 1)
    else:
        report.longrepr = f"{check.exercise}: {verdict.sentence}"


def _facts(run: Run, check: Check) -> dict[str, str]:
    """What the end of the run needs to know of one check, as plain text."""
    verdict = run.verdict(check)
    definition = run.session.definitions.get(check.exercise)
    path = run.session.submission.display_path(run.lesson.name)
    return {
        "root": str(run.lesson.folder.parent.parent),
        "lesson": run.lesson.name,
        "exercise": check.exercise,
        "outcome": "broken" if verdict.broken else verdict.outcome,
        "sentence": verdict.sentence,
        "worth": str(check.worth),
        "place": definition.place(path) if definition else path,
        "public": "yes" if check.public else "",
        "notes": "\n".join(run.session.notes),
    }


def summary_of(run: Run) -> Iterator[tuple[str, dict[str, bool]]]:
    """The lines, with their styles, that say where a whole run stands."""
    progress = _progress(run.lesson, (_facts(run, check) for check in run.checks.values()))
    return _summary(progress, solutions=_has_solutions(run.lesson))


@dataclass
class _Progress:
    """What the run says of one exercise."""

    exercise: Exercise
    place: str = ""
    passed: int = 0
    failed: int = 0
    total: int = 0
    hidden: bool = False  # whether hidden checks are among them
    outcomes: set[str] = field(default_factory=set)
    sentence: str = ""  # of its first check that is not passed
    earned: Fraction = Fraction(0)
    worth: Fraction = Fraction(0)

    @property
    def state(self) -> str:
        if self.outcomes == {"passed"}:
            return "done"
        return next(state for state in ("broken", "todo", "failed", "blocked") if state in self.outcomes)

    def add(self, data: dict[str, Any]) -> None:
        self.place = data["place"]
        self.total += 1
        self.hidden = self.hidden or not data["public"]
        self.outcomes.add(data["outcome"])
        self.worth += Fraction(data["worth"])
        if data["outcome"] == "passed":
            self.passed += 1
            self.earned += Fraction(data["worth"])
            return
        self.failed += data["outcome"] == "failed"
        self.sentence = self.sentence or data["sentence"]


def _progress(lesson: Lesson, facts: Iterable[dict[str, str]]) -> list[_Progress]:
    """Where each exercise that was checked stands, in teaching order."""
    found = {name: _Progress(exercise) for name, exercise in lesson.exercises.items()}
    for one in facts:
        found[one["exercise"]].add(one)
    return [one for one in found.values() if one.total]


def _checked(lesson: Lesson) -> list[str]:
    """The exercises that have a file of public checks."""
    folder = load_course(lesson.folder.parent.parent).public_checks(lesson.name)
    return [name for name in lesson.exercises if (folder / check_file(name)).is_file()]


class View:
    """Gathers the verdicts as they arrive and prints the lesson's state at the end of the run."""

    def __init__(self, config: pytest.Config) -> None:
        self.config = config
        self.lessons: dict[str, tuple[Lesson, dict[str, dict[str, str]]]] = {}  # and the facts by node id
        self.partial = False  # whether -k or the like took checks away
        self.first_failures: dict[tuple[str, str], str] = {}  # (lesson, exercise) → the check that is told in full

    def pytest_report_teststatus(self, report: pytest.TestReport | pytest.CollectReport) -> tuple[str, str, Any] | None:
        data = dict(getattr(report, "user_properties", ())).get(_KEY)
        if data is None:
            return None
        if data["outcome"] == "failed" and not self.config.option.verbose > 0:
            # One mistake fails many checks, the later ones in words that mislead: only the first is told in full.
            first = self.first_failures.setdefault((data["lesson"], data["exercise"]), report.nodeid)
            return None if first == report.nodeid else _LATER
        return _STATUS.get(data["outcome"])

    def pytest_deselected(self, items: Sequence[pytest.Item]) -> None:
        self.partial = True

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        data: Any = dict(report.user_properties).get(_KEY) if report.when == "call" else None
        if data is None:
            return
        lesson = load_course(Path(data["root"])).lessons[data["lesson"]]
        _, found = self.lessons.setdefault(lesson.name, (lesson, {}))
        found[report.nodeid] = data  # a check that is run again counts once, as it ended

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_terminal_summary(self, terminalreporter: Any) -> Iterator[None]:
        result = yield
        for lesson, found in self.lessons.values():
            progress = _progress(lesson, found.values())
            partial = self.partial or len(progress) < len(_checked(lesson))
            terminalreporter.write_sep("=", f"{lesson.name}: {lesson.title}")
            for note in dict.fromkeys(note for data in found.values() for note in data["notes"].splitlines()):
                terminalreporter.write_line(note, yellow=True)
            for line, style in _summary(progress, partial, _has_solutions(lesson)):
                terminalreporter.write_line(line, **style)
        return result


def _has_solutions(lesson: Lesson) -> bool:
    """Whether this is a repository with solutions in it; a student's may have none."""
    return (lesson.folder.parent.parent / "solutions" / lesson.name).is_dir()


def _summary(
    progress: list[_Progress], partial: bool = False, solutions: bool = True
) -> Iterator[tuple[str, dict[str, bool]]]:
    broken = next((one for one in progress if one.state == "broken"), None)
    if broken is not None:
        yield broken.sentence, {"red": True, "bold": True}
        yield "Nothing can be checked until that is fixed.", {}
        return
    width = max(len(one.exercise.name) for one in progress)
    for one in progress:
        yield _row(one, width)
    earned, worth = sum(one.earned for one in progress), sum(one.worth for one in progress)
    if worth:
        of_what = " (of the checks that ran)" if partial else ""
        filled = int(30 * earned / worth)
        yield "", {}
        yield (
            f"[{'#' * filled}{'.' * (30 - filled)}] {number(earned)} of {number(worth)} points{of_what}",
            {"bold": True},
        )
    yield _next_step(progress, partial, solutions), {}


def _row(one: _Progress, width: int) -> tuple[str, dict[str, bool]]:
    name = one.exercise.name.ljust(width)
    points = f"{number(one.earned)}/{number(one.worth)} points" if one.worth else "ungraded"
    if one.state == "done":
        return f"  done     {name}  {points}", {"green": True}
    if one.state == "todo":
        passed = f", {one.passed} of {one.total} checks pass" if one.passed else ""
        return f"  to do    {name}  {points}, {one.exercise.minutes} min{passed}  {one.place}", {"yellow": True}
    if one.state == "blocked":
        return f"  blocked  {name}  {points}, {one.sentence}", {"yellow": True}
    return f"  wrong    {name}  {points}, {one.passed} of {one.total} checks pass  {one.place}", {"red": True}


def _next_step(progress: list[_Progress], partial: bool, solutions: bool) -> str:
    begun = any(one.passed for one in progress)
    for state, verb in (("failed", "Go on with"), ("todo", "Next is" if begun else "Start with")):
        for one in progress:
            if one.state == state:
                minutes = f", about {one.exercise.minutes} minutes" if state == "todo" else ""
                name = one.exercise.name
                more = " Its other checks may fail for the same reason (-v tells all)." if one.failed > 1 else ""
                return f"{verb} {name} ({one.place}{minutes}).{more} Stuck? autograder hint {name}"
    if partial and all(one.state == "done" for one in progress):
        return "These pass. Now run the whole lesson."
    if all(one.state == "done" for one in progress):
        own = " The course's own way: autograder solution EXERCISE." if solutions else ""
        more = "" if any(one.hidden for one in progress) else " Hidden checks may find more."
        return f"All done.{more}{own} Where you stand: autograder progress"
    return "Fix the exercises that the blocked ones need."
