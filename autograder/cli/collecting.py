"""What `grade` and `similarity` understand of the paths that they are given, and what they say of it first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from rich.table import Column, Table

from autograder.checking.class_of import Class, class_of, counting
from autograder.checking.submission import Submission
from autograder.cli import screen
from autograder.common.errors import CourseError
from autograder.common.lessons import Course, Lesson
from autograder.grading.results import Results
from autograder.grading.roster import KEPT, Roster, kept_roster, note_undecided, read_roster
from autograder.grading.shards import Shard

ATTEMPTS = ("last", "best", "all")
_KINDS = 12  # of what was passed over, by name


@dataclass(frozen=True)
class Understood:
    """The class, what can't be decided in it, and the roster that it was joined with."""

    found: Class
    problems: list[str]
    roster: Roster | None = None

    def part(self, shard: Shard) -> Understood:
        """Those whose names are in the shard, on the roster, too."""
        kept = [one for one in self.found.attempts if shard.holds(one.submission.name)]
        rows = [row for name, row in self.roster.by_name.items() if shard.holds(name)] if self.roster else []
        return replace(
            self, found=replace(self.found, attempts=kept), roster=Roster(tuple(rows)) if self.roster else None
        )

    def of(self, names: Collection[str]) -> Understood:
        """Those of these students."""
        kept = [one for one in self.found.attempts if one.submission.name in names]
        return replace(self, found=replace(self.found, attempts=kept))

    def submissions(self, attempt: str) -> list[Submission]:
        return self.found.all() if attempt == "all" else self.found.last()

    def note(self, out: Path, lesson: str) -> None:
        """Keep beside the results what the tables need: the roster, and who has no grade yet."""
        if self.roster is not None:
            self.roster.keep(out)
        counts = [counting(group) for group in self.found.by_student.values()]
        undecided = {one.submission.name for one in counts if one.undecided}
        note_undecided(out / lesson, undecided, {one.submission.name for one in counts} - undecided)

    def missing(self, graded: Iterable[str] = ()) -> list[str]:
        """Who is on the roster, handed in nothing now, and was not graded earlier."""
        there = {one.submission.name for one in self.found.attempts} | set(graded)
        rows = self.roster.by_name.items() if self.roster is not None else ()
        return [row.name or row.id for name, row in rows if name not in there]


@dataclass(frozen=True)
class Given:
    """What a command was told about a class. The roster is the one that lies in `out` where none is named."""

    paths: Sequence[Path]
    layout: str | None = None
    roster_file: Path | None = None
    out: Path | None = None

    @cached_property
    def roster(self) -> Roster | None:
        if self.roster_file is not None:
            return read_roster(self.roster_file)
        return kept_roster(self.out) if self.out is not None else None

    def read(self, course: Course, lesson: str, uses: Sequence[str]) -> Understood:
        """The class as far as it is for `lesson`, joined with the roster."""
        from autograder.cli.layouts import LAYOUTS

        found = class_of(self.paths, lesson, uses, course.lessons, LAYOUTS, self.layout)
        problems = list(found.problems)
        if self.roster is not None:
            found, unplaced = self.roster.join(found)
            problems += unplaced
        return Understood(found, problems, self.roster)

    def say(self, found: Class) -> None:
        """Print what was understood."""
        lines = list(found.understood)
        if found.passed_over:
            lines.append(f"Passed over: {_counted(found.passed_over)}.")
        lines += found.notes
        if self.roster is not None and self.roster_file is None:
            lines.append(f"The roster is {self.out}/{KEPT}, which an earlier run kept.")
        for line in lines:
            screen.console.print(line, soft_wrap=True, highlight=False)


def understood(course: Course, lesson: Lesson, given: Given) -> Understood:
    """Collect, join with the roster, and print what was understood."""
    held = given.read(course, lesson.name, tuple(lesson.uses))
    given.say(held.found)
    return held


def _counted(kinds: Counter[str]) -> str:
    first = sorted(kinds.most_common(_KINDS))
    more = kinds.total() - sum(count for _, count in first)
    return ", ".join(f"{count} {kind}" for kind, count in first) + (f" and {more} more" if more else "")


def check_attempt(attempt: str) -> None:
    """Raises CourseError where there is no such choice."""
    if attempt not in ATTEMPTS:
        raise CourseError(f"There is no --attempt {attempt}; there are: {', '.join(ATTEMPTS)}.")


def table(held: Understood) -> None:
    """The attempts of each student, and with a roster who has none."""
    heads = (Column("student", overflow="fold"), Column("file", overflow="fold"))
    shown = Table(*heads, "attempt", "when", "late", Column("", overflow="fold"))
    for group in held.found.by_student.values():
        for number, one in enumerate(group, start=1):
            what = one.submission
            which = f"{number} of {len(group)}" if len(group) > 1 else ""
            which += ", counts" if len(group) > 1 and one is counting(group) else ""
            late = "late" if what.marked_late else ""
            shown.add_row(
                what.name, what.source, which, what.handed_in or "", late, one.undecided or what.problem or ""
            )
    for name in held.missing():
        shown.add_row(name, "not handed in", "", "", "", "")
    screen.console.print(shown)


def say_missing(held: Understood, out: Path, lesson: str) -> None:
    """Who is on the roster and has handed in nothing, and which earlier results are of nobody on it."""
    there = {report.submission for report in Results(out, lesson).all()[0]}
    if names := held.missing(there):
        screen.console.print(f"Not handed in: {', '.join(names)}.", soft_wrap=True, highlight=False)
    known = {one.submission.name for one in held.found.attempts} | set(held.roster.by_name if held.roster else there)
    if strangers := sorted(name for name in there - known if "-attempt-" not in name):
        listed = f"Of an earlier run, and nobody's on the roster: {', '.join(strangers)}. Move their results away."
        screen.console.print(listed, style="yellow", soft_wrap=True, highlight=False)
