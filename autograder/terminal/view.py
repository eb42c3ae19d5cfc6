"""What a student sees of a run in the terminal: per check a sentence, per lesson what is done and what next.

Everything that the end of the run needs travels in each report's user_properties, so that it arrives
from xdist's workers too.
"""

from __future__ import annotations

import re
import sysconfig
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from autograder.checking.private_pytest import ReprFileLocation, TerminalRepr, TerminalWriter, drop_warnings
from autograder.checking.running import Check, Run, Verdict
from autograder.common.errors import CourseError
from autograder.common.lessons import Exercise, Lesson, find_course, load_course, nearest
from autograder.common.text import number
from autograder.former import Former

_KEY = "autograder"
_STATUS = {  # category and short and long word for pytest's own progress and counts
    "todo": ("to do", "t", ("TO DO", {"yellow": True})),
    "blocked": ("blocked", "b", ("BLOCKED", {"yellow": True})),
    "broken": ("broken", "E", ("BROKEN", {"red": True})),
}
_INSTALLED = (Path(sysconfig.get_path("stdlib")).resolve(), Path(__file__).resolve().parents[1])
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
    if verdict.differs:
        lines.append(f"  differs:  {verdict.differs}")
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
        "of": str(len(run.checks)),
    }


def summary_of(run: Run) -> Iterator[tuple[str, dict[str, bool]]]:
    """The lines, with their styles, that say where a whole run stands."""
    yield from _summary(run.lesson, progress_of(run))


def progress_of(run: Run) -> list[Progress]:
    """Where each exercise stands after a whole run, in teaching order."""
    return _progress(run.lesson, (_facts(run, check) for check in run.checks.values()))


@dataclass
class Progress:
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


def _progress(lesson: Lesson, facts: Iterable[dict[str, str]]) -> list[Progress]:
    """Where each exercise that was checked stands, in teaching order."""
    found = {name: Progress(exercise) for name, exercise in lesson.exercises.items()}
    for one in facts:
        found[one["exercise"]].add(one)
    return [one for one in found.values() if one.total]


class View:
    """Gathers the verdicts as they arrive and prints the lesson's state at the end of the run."""

    def __init__(self, config: pytest.Config) -> None:
        self.config = config
        self.lessons: dict[str, tuple[Lesson, dict[str, dict[str, str]]]] = {}  # and the facts by node id
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

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        data: Any = dict(report.user_properties).get(_KEY) if report.when == "call" else None
        if data is None:
            return
        lesson = load_course(Path(data["root"])).lessons[data["lesson"]]
        _, found = self.lessons.setdefault(lesson.name, (lesson, {}))
        found[report.nodeid] = data  # a check that is run again counts once, as it ended

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_terminal_summary(self, terminalreporter: Any, exitstatus: int) -> Iterator[None]:
        if self.lessons:
            drop_warnings(terminalreporter, _is_a_librarys)
        result = yield
        stopped = bool(self.config.option.maxfail) or exitstatus == pytest.ExitCode.INTERRUPTED
        for lesson, found in self.lessons.values():
            terminalreporter.write_sep("=", f"{lesson.name}: {lesson.title}")
            for note in dict.fromkeys(note for data in found.values() for note in data["notes"].splitlines()):
                terminalreporter.write_line(note, yellow=True)
            whole = len(found) >= max(int(one["of"]) for one in found.values())
            part = "" if whole else "checks that ran" if stopped else "selected checks"
            for line, style in _summary(lesson, _progress(lesson, found.values()), part):
                terminalreporter.write_line(line, **style)
        nothing = exitstatus == pytest.ExitCode.NO_TESTS_COLLECTED and self.config.option.keyword
        if nothing and (sentence := _meant(self.config)):
            terminalreporter.write_line(sentence, yellow=True)
        return result


def _is_a_librarys(file: str, text: str) -> bool:
    """Whether a warning is raised by the code of Python, a library or the engine: a student can't do anything there."""
    if Former.__name__ in text:  # for whoever wrote the check
        return False
    path = Path(file).resolve()
    return "site-packages" in path.parts or any(path.is_relative_to(folder) for folder in _INSTALLED)


def _meant(config: pytest.Config) -> str:
    """Where -k took every check away: the exercise whose name is near what was asked for."""
    words = set(re.findall(r"\w+", config.option.keyword)) - {"and", "or", "not"}
    try:
        course = find_course(config.invocation_params.dir)
    except CourseError:
        return ""
    asked = [(config.invocation_params.dir / str(one).split("::")[0]).resolve() for one in config.args]
    if not any(path.is_relative_to(course.root / "exercises") for path in asked):  # another project
        return ""
    lessons = [one for one in course.lessons.values() if any(path.is_relative_to(one.folder) for path in asked)]
    homes = {name: lesson for lesson in lessons or course.lessons.values() for name in lesson.exercises}
    for word in sorted(words):
        if word in homes:
            return f"The checks of {word} can't run here: autograder doctor says what is missing."
        if near := nearest(word, homes):
            command = f"pytest exercises/{homes[near[0]].name} -k {near[0]}"
            return f"No check goes by {word}; did you mean {' or '.join(near)}? {command}"
    return ""


def _summary(lesson: Lesson, progress: list[Progress], part: str = "") -> Iterator[tuple[str, dict[str, bool]]]:
    """`part` is what the checks are called that ran, where they are not all of the lesson's."""
    broken = next((one for one in progress if one.state == "broken"), None)
    if broken is not None:
        yield broken.sentence, {"red": True, "bold": True}
        yield "Nothing can be checked until that is fixed.", {}
        return
    extras = [] if part else _extras(lesson, progress)
    width = max(map(len, [*(one.exercise.name for one in progress), *(one.name for one in extras)]))
    for one in progress:
        yield _row(one, width, bool(part))
    for extra in extras:
        command = f"pytest {_shown(lesson.folder)} -k {extra.name}"
        yield f"  extra    {extra.name.ljust(width)}  ungraded, {extra.minutes} min  {command}", {}
    (have, of), what = points_of(progress), "points"
    if part:  # a share of the points would be of what was selected: nobody's score
        have, of = (
            Fraction(sum(counts)) for counts in zip(*((one.passed, one.total) for one in progress), strict=True)
        )
        what = f"{part} pass"
    if of:
        yield "", {}
        yield f"{bar(have, of)} {number(have)} of {number(of)} {what}", {"bold": True}
    for line in _next_steps(lesson, progress, bool(part)):
        yield line, {}


def _extras(lesson: Lesson, progress: list[Progress]) -> list[Exercise]:
    """What is not graded, and was not run with the rest since it needs a package of its own."""
    ran = {one.exercise.name for one in progress}
    return [one for one in lesson.exercises.values() if not one.points and one.name not in ran]


def points_of(progress: Iterable[Progress]) -> tuple[Fraction, Fraction]:
    """What these exercises have earned, and what they are worth."""
    progress = list(progress)
    return sum((one.earned for one in progress), Fraction(0)), sum((one.worth for one in progress), Fraction(0))


def bar(have: Fraction, of: Fraction, width: int = 30) -> str:
    filled = int(width * have / of) if of else 0
    return f"[{'#' * filled}{'.' * (width - filled)}]"


def _row(one: Progress, width: int, partial: bool) -> tuple[str, dict[str, bool]]:
    name = one.exercise.name.ljust(width)
    points = f"{number(one.earned)}/{number(one.worth)} points" if one.worth else "ungraded"
    passing = f"{one.passed} of {one.total} checks pass"
    told = "" if partial else f"{points}, "
    if one.state == "done":
        return f"  done     {name}  {passing if partial else points}", {"green": True}
    if one.state == "todo":
        passed = f", {passing}" if one.passed else ""
        return f"  to do    {name}  {told}{one.exercise.minutes} min{passed}  {one.place}", {"yellow": True}
    if one.state == "blocked":
        return f"  blocked  {name}  {told}{one.sentence}", {"yellow": True}
    return f"  wrong    {name}  {told}{passing}  {one.place}", {"red": True}


def next_exercise(progress: Iterable[Progress]) -> Progress | None:
    """The exercise to work on now: the first that is wrong, else the first to do; graded ones go before others."""
    for graded in (True, False):
        for state in ("failed", "todo"):
            for one in progress:
                if one.state == state and bool(one.worth) == graded:
                    return one
    return None


def is_done(progress: Iterable[Progress]) -> bool:
    """Whether all that is graded passes; what is not graded may be open."""
    return all(one.state == "done" for one in progress if one.worth)


def _next_steps(lesson: Lesson, progress: list[Progress], partial: bool) -> Iterator[str]:
    open_one = next_exercise(progress)
    if not is_done(progress) or (partial and open_one):
        yield _go_on(open_one, progress) if open_one else "Fix the exercises that the blocked ones need."
    elif partial:
        yield f"These pass. Now run the whole lesson: pytest {_shown(lesson.folder)}"
    else:
        yield from _after(lesson, progress, open_one)


def _go_on(one: Progress, progress: Iterable[Progress]) -> str:
    """What to write or put right now."""
    name, begun = one.exercise.name, any(other.passed for other in progress)
    verb = "Go on with" if one.state == "failed" else "Next is" if begun else "Start with"
    minutes = f", about {one.exercise.minutes} minutes" if one.state == "todo" else ""
    more = " Its other checks may fail for the same reason (-v tells all)." if one.failed > 1 else ""
    return f"{verb} {name} ({one.place}{minutes}).{more} Stuck? autograder hint {name}"


def _after(lesson: Lesson, progress: list[Progress], left: Progress | None) -> Iterator[str]:
    """What a lesson ends with: what more there is to see in it, and which one comes next."""
    course = load_course(lesson.folder.parent.parent)
    own = " The course's own way: autograder solution EXERCISE." if course.reference(lesson.name).is_file() else ""
    more = "" if any(one.hidden for one in progress) else " Hidden checks may find more."
    yield f"All done.{more}{own}"
    if left is not None:
        yield f"Not graded, and still open: {left.exercise.name} ({left.place}, about {left.exercise.minutes} minutes)."
    yield from measuring(lesson)
    following = course.after(lesson)
    if following is None:
        yield "This was the last lesson. Where you stand: autograder progress"
        return
    begins = f", which begins {following.module}" if following.module != lesson.module else ""
    yield f"The next lesson is {following.name}{begins}: {following.title} ({_shown(following.folder)}/README.md)"


def measuring(lesson: Lesson) -> Iterator[str]:
    """How to go on from a lesson that is done to what its page claims, where it has experiments."""
    if any(lesson.folder.glob("experiments/[!_]*.py")):
        yield f"Measure what its page claims, with your code: autograder experiment {lesson.name}"


def _shown(path: Path) -> str:
    """As the student would type it, where that is below the working directory."""
    return path.relative_to(Path.cwd()).as_posix() if path.is_relative_to(Path.cwd()) else str(path)
