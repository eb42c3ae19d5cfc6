"""The kill score: do the checks of a lesson stop every mistake that it warns of, and nothing that is right?

Six demands: the reference earns full marks; every exercise of the stub is *to do* and earns nothing;
every misconception dies in a check of its own exercise whose message says its sentence, while the
checks of exercises that don't build on it pass; no check tells it the sentence of another mistake only, unless
its file says that this is true of it too (`also`); the sentence of a misconception names a mistake, and isn't what
any other wrong answer is told (`general`); every alternative earns full marks.

And one of all misconceptions together: nearly all of them (`FAIR`) die in a public check.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

from autograder.checking.report import CheckReport, Report
from autograder.checking.submission import Submission
from autograder.common.errors import CourseError
from autograder.common.lessons import Course, Lesson
from autograder.common.stubs import make_stub
from autograder.grading.clock import TOO_LONG
from autograder.grading.pool import Job, grade_many
from autograder.grading.prepare import prepared

FAIR = 0.95  # of a lesson's misconceptions die in a check that students have

Kind = Literal["reference", "stub", "misconception", "alternative", "attack"]


@dataclass(frozen=True)
class Case:
    """One solution whose fate is known beforehand."""

    kind: Kind
    name: str
    source: str
    sentence: str = ""  # of a misconception: what the student must be told
    exercises: tuple[str, ...] = ()  # which exercises an overlay changes
    also: tuple[str, ...] = ()  # sentences of other mistakes that are true of it, too
    others: Mapping[str, bytes] = field(default_factory=dict)  # references of the other lessons that the lesson uses

    def submission(self, lesson: str) -> Submission:
        path = f"{lesson}/{lesson}.py"
        files = {path: self.source.encode(), **self.others}
        return Submission(self.name, Path(self.name), files, paths={path: f"{lesson}.py"})


@dataclass
class Finding:
    """A case, its report and what is wrong with that, in sentences."""

    case: Case
    report: Report
    gaps: list[str] = field(default_factory=list)

    @property
    def dies_publicly(self) -> bool:
        """Whether a public check of what the case changes fails."""
        return any(check.public for check in _failed(self.case, self.report))


def cases(course: Course, lesson: Lesson) -> list[Case]:
    """The reference, the stub, and every misconception and alternative of the lesson, named EXERCISE/FILE."""
    reference = course.reference(lesson.name).read_text(encoding="utf-8")
    found = [
        Case("reference", "reference", reference),
        Case("stub", "stub", make_stub(reference), exercises=tuple(lesson.exercises)),
    ]
    if any((former := course.root / "tests" / "variants").rglob("*.py")):
        raise CourseError(f"{former} is called alternatives now: git mv tests/variants tests/alternatives")
    overlays: tuple[tuple[Kind, str], ...] = (("misconception", "misconceptions"), ("alternative", "alternatives"))
    for kind, folder in overlays:
        for path in sorted((course.root / "tests" / folder / lesson.name).rglob("*.py")):
            found.append(overlay(kind, path, reference, lesson))
    paths = {f"{other}/{other}.py": course.reference(other) for other in lesson.uses}
    others = {name: path.read_bytes() for name, path in paths.items() if path.exists()}
    return [replace(case, others=others) for case in found]


def overlay(kind: Kind, path: Path, base: str, lesson: Lesson) -> Case:
    """Append the overlay to `base` (the reference's source), so that it may use and replace the names there.

    It is of the exercise whose folder it lies in, or of those that it names: `exercise = ("one", "other")`. An attack
    lies in no such folder and says `honest` instead: what it does write rightly, which may be nothing.
    """
    try:
        source = path.read_text(encoding="utf-8")
        tree = ast.parse(source)
    except (SyntaxError, UnicodeDecodeError) as error:
        raise CourseError(f"{path} is not valid Python ({error.__class__.__name__}).") from None
    sentence = (ast.get_docstring(tree) or "").split("\n")[0].strip()
    folder = path.parent.name
    exercises: tuple[str, ...] | None = (folder,) if kind != "attack" and folder in lesson.exercises else None
    setting = "honest" if kind == "attack" else "exercise"
    settings = {
        getattr(node.targets[0], "id", ""): _names(node.value) for node in tree.body if isinstance(node, ast.Assign)
    }
    exercises = settings.get(setting, exercises)
    named = bool(exercises) or (kind == "attack" and exercises is not None)
    if not sentence or not named or not set(exercises or ()) <= set(lesson.exercises):
        lie = "" if kind == "attack" else "lie in a folder named after an exercise, or "
        raise CourseError(f"{path} must open with its sentence, and {lie}set `{setting}` to exercises of the lesson.")
    name = f"{folder}/{path.stem}" if folder in lesson.exercises else path.stem
    return Case(kind, name, f"{base}\n\n{source}", sentence, exercises or (), settings.get("also", ()))


def _names(node: ast.expr) -> tuple[str, ...]:
    """The names that a setting holds: a text, or a tuple or list of them; none where it is anything else."""
    parts = node.elts if isinstance(node, (ast.Tuple, ast.List)) else [node]
    return tuple(str(part.value) if isinstance(part, ast.Constant) else "" for part in parts)


def audit(
    course: Course,
    lesson: Lesson,
    *,
    workers: int = 1,
    seed: str = "0",
    tier: str | None = None,
    on_finding: Callable[[Finding], None] = lambda finding: None,
) -> list[Finding]:
    """Grade every case in a sandboxed process and hold each to its fate; the findings are in the order of the cases."""
    all_cases = cases(course, lesson)
    named = {case.sentence for case in all_cases}
    with prepared(course, lesson, workers=workers, tier=tier, seed=seed) as ready:
        job = Job(lesson, ready.collected.checks, seed, ready.zygote.tier)
        pairs = [(case.submission(lesson.name), "") for case in all_cases]
        findings: dict[int, Finding] = {}
        for index, report in grade_many(job, pairs, ready.zygote.clients):
            if report is None:
                raise CourseError(f"{all_cases[index].name} ended the grader that ran it.")
            findings[index] = evaluate(lesson, all_cases[index], report, named)
            on_finding(findings[index])
    return [findings[index] for index in sorted(findings)]


def evaluate(lesson: Lesson, case: Case, report: Report, named: Collection[str] = ()) -> Finding:
    """Hold one report against what the case demands. `named` are the sentences of all mistakes of the lesson."""
    demands = {"reference": _full_marks, "alternative": _full_marks, "stub": _all_to_do, "misconception": _killed}
    if report.status == "broken":
        return Finding(case, report, [report.reason])
    gaps = list(demands[case.kind](lesson, case, report))
    return Finding(case, report, gaps + list(_strangers(case, report, set(named))))


def unfair(findings: Iterable[Finding]) -> str | None:
    """What is wrong with a lesson of which too few misconceptions die publicly, in a sentence."""
    group = [finding for finding in findings if finding.case.kind == "misconception"]
    hidden = [finding.case.name for finding in group if not finding.dies_publicly]
    if len(hidden) <= (1 - FAIR) * len(group):
        return None
    share = f"{len(group) - len(hidden)} of {len(group)} misconceptions die in a public check"
    return f"{share}, less than {FAIR:.0%}; only hidden checks kill {', '.join(hidden)}"


def _full_marks(lesson: Lesson, case: Case, report: Report) -> Iterator[str]:
    for check in report.checks:
        if check.outcome != "passed":
            said = check.message.splitlines()[0]
            loop = " Does a loop of the check itself never end?" if said == TOO_LONG else ""
            yield f"{check.name} ({check.exercise}) is {check.outcome}: {said}{loop}"


def _all_to_do(lesson: Lesson, case: Case, report: Report) -> Iterator[str]:
    for check in report.checks:
        if check.outcome != "todo":
            yield f"{check.name} ({check.exercise}) is {check.outcome}, not to do"
    for name in set(lesson.exercises) - {check.exercise for check in report.checks}:
        yield f"{name} has no check"


# How sentences end that `expect_equal` and `expect_close` say of any wrong value, and begin that the engine says of any
# error. A kind or a dtype that isn't the right one ("must be a dict, not a list.") is a mistake with a name.
_GENERAL = re.compile(
    r"^Your code |\b(?:has|have) (?:the )?wrong (?:values?|shape|keys|length)\.$"
    r"|(?<!what )\b(?:is|are) wrong\.$|\bholds? NaN\.$"
)


def general(sentence: str) -> bool:
    """Whether a check says this, or a part of it, where no mistake is known: then it names none."""
    return not sentence.endswith(".") or _GENERAL.search(sentence) is not None


def _killed(lesson: Lesson, case: Case, report: Report) -> Iterator[str]:
    if general(case.sentence):
        yield f"its sentence names no mistake: {case.sentence}"
    failed = _failed(case, report)
    if not failed:
        yield "no check of its exercise fails"
    elif not any(case.sentence in check.message for check in failed):
        yield f"no message says its sentence; {failed[0].name} says: {failed[0].message.splitlines()[0]}"
    for check in report.checks:
        builds_on = {check.exercise, *lesson.all_needs(check.exercise)} & set(case.exercises)
        if check.outcome != "passed" and not builds_on:
            yield f"{check.name} ({check.exercise}) is {check.outcome}, though it does not need {case.exercises[0]}"


def _failed(case: Case, report: Report) -> list[CheckReport]:
    """The failed checks of the exercises that the case changes."""
    return [check for check in report.checks if check.exercise in case.exercises and check.outcome == "failed"]


def _strangers(case: Case, report: Report, named: set[str]) -> Iterator[str]:
    """Sentences of other mistakes that are all that a check has to say to a misconception."""
    if case.kind == "misconception":
        for check in _failed(case, report):
            said = set(check.mistakes) | (named & set(check.message.split("\n")[0].split(" Or: ")))
            if said and said.isdisjoint({case.sentence, *case.also}):
                yield f"{check.name} tells it another mistake's sentence: {' '.join(sorted(said))}"
