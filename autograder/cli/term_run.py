"""What the commands of instructors do about a whole term: rules, every lesson at once, the table of the term."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from autograder.cli import screen
from autograder.common.errors import CourseError
from autograder.common.lessons import Course

if TYPE_CHECKING:
    from autograder.checking.report import Report
    from autograder.checking.submission import Submission, Who
    from autograder.cli.collecting import Given, Understood
    from autograder.grading.adjusting import Rules
    from autograder.grading.files import Writer
    from autograder.grading.grade import Outcome, Settings
    from autograder.grading.results import Results
    from autograder.grading.roster import Roster


def rules_for(
    course: Course,
    out: Path,
    term: Path | None,
    manual: Path | None,
    submissions: Iterable[Submission],
    roster: Roster | None = None,
) -> Rules:
    """The rules that hold for a grading of these submissions. Raises CourseError before anything is graded."""
    from autograder.grading.adjusting import rules
    from autograder.grading.grade import student_of

    coming: list[Who] = [student_of(one) for one in submissions]
    coming += [replace(row.who, id=name) for name, row in roster.by_name.items()] if roster else []
    extensions = roster.extensions() if roster else None
    return rules(lambda: course, out, term, manual, extensions, coming)


def rules_of(
    course_folder: Path | None, out: Path, term: Path | None, manual: Path | None
) -> tuple[Rules, Course | None]:
    """The rules that hold for a folder of results, and the course: said only where they need it, or it is named.

    Else it gives no more than the order of the lessons, and there need not be one.
    """
    from autograder.grading.adjusting import rules

    courses: list[Course] = []

    def course() -> Course:
        courses[:] = courses or [screen.course(course_folder)]
        return courses[0]

    found = rules(course, out, term, manual)
    try:
        return found, courses[0] if courses else screen.course(course_folder, say=False)
    except CourseError:
        if course_folder is not None:
            raise
        return found, None


def renew(
    results: Results, course: Course | None, rules: Rules, writers: Sequence[Writer]
) -> tuple[list[Report], list[str]]:
    """Make a lesson's adjustments and tables anew, and say what is left to decide. Gives the reports, and a sentence
    for each that is left as it is."""
    from autograder.grading.adjusting import adjust

    left = []
    if course is not None and results.lesson in course.lessons:
        for doubt in adjust(results, course.lessons[results.lesson], rules):
            screen.console.print(doubt, style="yellow", soft_wrap=True)
    elif not rules.empty:
        left = [f"There is no lesson {results.lesson} in the course: what counts beside its scores stays as it is."]
    reports, unread = results.all()
    results.write_tables(reports, writers)
    results.write_files(reports, writers)
    return reports, left + unread


def renew_merged(course: Course, out: Path, lesson: str, writers: Sequence[Writer]) -> list[str]:
    """The same after a merge, where OUT keeps rules."""
    from autograder.grading.adjusting import rules
    from autograder.grading.results import Results

    kept = rules(lambda: course, out)
    if kept.empty:
        return []
    results = Results(out, lesson)
    with results.claimed((), writers):
        return [*renew(results, course, kept, writers)[1], *renew_term_table(course, out, kept, lesson)]


def grade_every_lesson(
    course: Course,
    given: Given,
    attempt: str,
    dry_run: bool,
    common: Settings,
    term: Path | None,
    manual: Path | None,
) -> None:
    """`autograder grade all`: one start, one lesson after the other. Raises typer.Exit(1) as `grade` does."""
    from autograder.cli import collecting
    from autograder.grading.all_lessons import every_lesson
    from autograder.grading.grade import grade
    from autograder.grading.prepare import one_start
    from autograder.sandbox import Limits

    out, private = given.out, common.private
    assert out is not None
    if private is not None and not any((private / name).is_dir() for name in course.lessons):
        raise CourseError(f"{private} has no folder of a lesson's name: with all, own checks lie in {private}/LESSON.")
    classes: dict[str, Understood] = {}

    def collect(lesson: str, uses: Sequence[str]) -> list[Submission]:
        classes[lesson] = given.read(course, lesson, uses)
        return classes[lesson].submissions(attempt)

    found = every_lesson(course, collect)
    without_lesson = next(held for name, held in classes.items() if name not in course.lessons)
    given.say(without_lesson.found)
    of_lessons = {name: classes[name] for name in found.lessons}
    undecided = [problem for held in (without_lesson, *of_lessons.values()) for problem in held.problems]
    problems = list(dict.fromkeys([*undecided, *found.without]))
    if dry_run:
        for name, held in of_lessons.items():
            screen.console.print(f"\n{course.lesson(name).title} ({name})", style="bold")
            collecting.table(held.of({one.name for one in found.lessons[name]}))
        raise typer.Exit(max(map(screen.failed, problems), default=0))
    everyone = [one for submissions in found.lessons.values() for one in submissions]
    rules = rules_for(course, out, term, manual, everyone, given.roster)
    most = max(map(len, found.lessons.values()))
    workers = screen.workers(min(common.workers, most), common.memory_bytes)
    with one_start(workers, common.tier, Limits(memory_bytes=common.memory_bytes)) as prepare:
        for name, submissions in found.lessons.items():
            of_lessons[name].note(out, name)
            own = private / name if private is not None and (private / name).is_dir() else None
            settings = replace(common, workers=workers, private=own, prepare=prepare, rules=rules)
            screen.console.print(f"\n{course.lesson(name).title} ({name})", style="bold")
            with screen.progress_bar(f"grading {name}", len(submissions)) as advance:
                outcome = grade(course, course.lesson(name), submissions, out, settings, advance)
            problems += say(outcome, out / name)
    problems += write_term_table(course, out, rules)
    if problems:
        raise typer.Exit(max(map(screen.failed, dict.fromkeys(problems))))


def say(outcome: Outcome, place: Path) -> list[str]:
    """Say what became of a grading. Gives a sentence for each thing that went wrong."""
    screen.grades_table(outcome.reports)
    for check, problem in outcome.unmet.items():
        screen.console.print(f"Left out here: {check} ({problem}).")
    reused = f", {outcome.reused} of them kept from an earlier run" if outcome.reused else ""
    graded = f"{len(outcome.reports)} graded at tier {outcome.tier}{reused}"
    screen.console.print(f"{graded}. Results are in {place}.", soft_wrap=True)
    for told in [*([outcome.mixed] if outcome.mixed else []), *outcome.doubts]:
        screen.console.print(told, style="yellow", soft_wrap=True)
    problems = list(outcome.left)
    if outcome.left_out:
        problems.append(screen.left_out(outcome.left_out))
    if outcome.lost:
        problems.append(f"Not graded: {', '.join(outcome.lost)}. Run the same command to try again.")
    return problems


def write_term_table(course: Course | None, out: Path, rules: Rules, say: bool = True) -> list[str]:
    """Make OUT/term.csv anew. Gives a sentence for each row of points that waits for a report."""
    from autograder.grading.adjusting import waiting
    from autograder.grading.term_table import write_term_table as write

    path = write(out, rules.term, course)
    if say:
        screen.console.print(f"The table of the term is {path}.", soft_wrap=True)
    return waiting(out, rules)


def renew_term_table(course: Course, out: Path, rules: Rules, lesson: str) -> list[str]:
    """The same after one lesson, where somebody has asked for a term: a table that is there must not grow stale."""
    from autograder.grading.adjusting import waiting
    from autograder.grading.term_table import FILE

    if not rules.empty or (out / FILE).exists():
        write_term_table(course, out, rules)
    return waiting(out, rules, lesson)
