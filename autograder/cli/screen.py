"""What commands print: the console, progress bars and tables."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Sized
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Column, Table

from autograder.common.lessons import Course, Lesson, named_course
from autograder.common.text import number, size

if TYPE_CHECKING:
    from autograder.authoring.audit import Finding
    from autograder.authoring.contract import Contract
    from autograder.authoring.mutate import Fate
    from autograder.checking.report import Report
    from autograder.experiments import Outcome
    from autograder.grading.compare import Change

console = Console(markup=False, emoji=False)  # what is printed holds students' text, brackets and all


def course(folder: Path | None, say: bool = True) -> Course:
    """The course in `folder` or the engine's own, after saying which."""
    found = named_course(folder)
    if say:
        console.print(f"The course is {found.root}.", style="dim", soft_wrap=True, highlight=False)
    return found


def workers(wanted: int, memory_bytes: int | None = None) -> int:
    """As many of the wanted workers as memory holds (default: the sandbox's), after saying so where they are fewer."""
    from autograder.grading.memory import workers_that_fit
    from autograder.sandbox import Limits

    memory_bytes = memory_bytes or Limits.memory_bytes
    found = workers_that_fit(wanted, memory_bytes)
    if found < wanted:
        console.print(
            f"{found} of {wanted} workers: there is no memory for more, at {size(memory_bytes)} a submission.",
            soft_wrap=True,
            highlight=False,
        )
    return found


def lessons(course: Course, names: str) -> list[Lesson]:
    """The lessons that are named, by comma, in the order of the course; all where none is."""
    wanted = {course.lesson(name.strip()).name for name in names.split(",") if name.strip()}
    return [lesson for lesson in course.lessons.values() if lesson.name in wanted or not wanted]


@contextmanager
def progress_bar(what: str, total: int | None) -> Iterator[Callable[[Any], None]]:
    """A progress bar; gives a function to call for each finished piece."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task(what, total=total)
        yield lambda _: progress.advance(task)


@contextmanager
def tracker() -> Iterator[Callable[..., Iterable[Any]]]:
    """A progress bar for each loop of an experiment, gone when the loop is done."""
    columns = (TextColumn("  {task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    progress = Progress(*columns, console=console, transient=True, disable=not console.is_terminal)

    def track(items: Iterable[Any], description: str = "") -> Iterator[Any]:
        progress.start()
        task = progress.add_task(description, total=len(items) if isinstance(items, Sized) else None)
        try:
            for item in items:
                yield item
                progress.advance(task)
        finally:
            progress.remove_task(task)

    try:
        yield track
    finally:
        progress.stop()


_VERDICTS = {  # state of an experiment → the word for it and its colour
    "holds": ("holds", "green"),
    "fails": ("FAILS", "red"),
    "todo": ("to do", "yellow"),
    "unfit": ("not here", "cyan"),
    "error": ("error", "red"),
}


def show_outcome(outcome: Any) -> None:
    """The first seed's table, a verdict with its figure for each part of the claim, and the spread over seeds."""
    if outcome.sentence:
        word, colour = _VERDICTS[outcome.state] if not outcome.seeds else ("note", "yellow")
        console.print(f"  {word}: {outcome.sentence}", style=colour, soft_wrap=True, markup=False, highlight=False)
    if not outcome.seeds:
        return
    first = outcome.seeds[0].result
    table = Table(*map(str, first.columns))
    for row in first.rows:
        table.add_row(*(f"{cell:.4g}" if isinstance(cell, float) else str(cell) for cell in row))
    console.print(table)
    for seeded in outcome.seeds:
        where = f"seed {seeded.seed}, " if len(outcome.seeds) > 1 else ""
        for verdict in seeded.result.verdicts:
            word, colour = _VERDICTS["holds" if verdict.holds else "fails"]
            text = f"  {word}: {where}{verdict.figure} ({seeded.seconds:.1f} s)"
            console.print(text, style=colour, soft_wrap=True, markup=False, highlight=False)
    if len(outcome.seeds) > 1:
        spread = Table("number", "smallest", "median", "largest", title=f"over {len(outcome.seeds)} seeds")
        for name, values in outcome.spread().items():
            spread.add_row(name, *(f"{value:.4g}" for value in values))
        console.print(spread)


def experiments_summary(outcomes: Sequence[Outcome], seeds: int, out: Path) -> None:
    console.print()
    for outcome in outcomes:
        word, colour = _VERDICTS[outcome.state]
        line = f"{word:9}{outcome.experiment.name}: {outcome.experiment.claim}"
        console.print(line, style=colour, soft_wrap=True, markup=False, highlight=False)
    asked = [outcome for outcome in outcomes if outcome.state != "unfit"]
    held = sum(outcome.state == "holds" for outcome in asked)
    over = f" with each of {seeds} seeds" if seeds > 1 else ""
    left = f", {len(outcomes) - len(asked)} are not for this backbone" if len(asked) < len(outcomes) else ""
    console.print(f"{held} of {len(asked)} claims hold{over}{left}. Figures and pictures are in {out}.", soft_wrap=True)


def grades_table(reports: Sequence[Report]) -> None:
    # in a narrow terminal a long name goes on in the next line; a score is never cut
    adjusted, rows, reasons = False, [], []
    for report in reports:  # once: they may lie on disk
        adjusted = adjusted or bool(report.adjustments)
        counts = [str(report.count(outcome)) for outcome in ("passed", "failed", "todo", "blocked")]
        points = [number(points) for points in (report.score, report.max_score, report.final)]
        rows.append((report.submission, points, [*counts, f"{report.seconds:.2f}"]))
        reasons += [f"{report.submission}: {report.reason}"] if report.reason else []
    heads = ("score", "of", *(["final"] if adjusted else []), "passed", "failed", "to do", "blocked", "seconds")
    table = Table(Column("submission", overflow="fold"), *(Column(head, no_wrap=True) for head in heads))
    for name, points, more in sorted(rows):
        table.add_row(name, *(points if adjusted else points[:2]), *more)
    console.print(table)
    for reason in reasons:
        console.print(reason, soft_wrap=True, markup=False, highlight=False)


def changes_table(changes: Sequence[Change]) -> None:
    """Whose score or verdicts are others now, by which checks, and what else is different."""
    if not changes:
        return
    table = Table("lesson", Column("submission", overflow="fold"), "before", "now", Column("by", overflow="fold"))
    for change in changes:
        scores = [
            f"{number(report.final)} of {number(report.max_score)}" if report is not None else "none"
            for report in (change.old, change.new)
        ]
        checks = [
            f"{name}: {before or 'not there'} → {now or 'not there'}" for name, (before, now) in change.checks.items()
        ]
        other = [f"(other: {', '.join(change.why)})"] if change.why else []
        table.add_row(change.lesson, change.submission, *scores, "\n".join(checks + other))
    console.print(table)


def audit_table(lesson: Lesson, findings: Sequence[Finding]) -> int:
    """Print the kill score of one lesson and its gaps; gives their number."""
    from autograder.authoring.audit import unfair

    console.print(f"\n{lesson.name}: {lesson.title}", style="bold")
    for kind, wish in (
        ("reference", "with full marks"),
        ("stub", "to do"),
        ("misconception", "killed by name"),
        ("alternative", "with full marks"),
    ):
        group = [finding for finding in findings if finding.case.kind == kind]
        good = sum(not finding.gaps for finding in group)
        console.print(f"  {kind + ('s' if len(group) != 1 else ''):15} {good} of {len(group)} {wish}")
    gaps = [(finding.case, gap) for finding in findings for gap in finding.gaps]
    for case, gap in gaps:
        console.print(f"  {case.kind} {case.name}: {gap}", style="red", soft_wrap=True, markup=False)
    misconceptions = [finding for finding in findings if finding.case.kind == "misconception"]
    public = sum(finding.dies_publicly for finding in misconceptions)
    console.print(f"  {public} of {len(misconceptions)} misconceptions die in a check that students have")
    if problem := unfair(findings):
        console.print(f"  {problem}", style="red", soft_wrap=True, markup=False)
    seconds = sorted(finding.report.seconds for finding in findings)
    console.print(f"  {seconds[len(seconds) // 2]:.2f} s a submission (median of {len(seconds)})")
    return len(gaps) + (problem is not None)


def mutants_table(lesson: Lesson, fates: Sequence[Fate]) -> int:
    """Print how many mutants of each exercise died, and those that live without a reason; gives their number."""
    table = Table("exercise", "mutants", "killed", "right", "live", title=f"{lesson.name}: {lesson.title}")
    for name in lesson.exercises:
        group = [fate for fate in fates if fate.mutant.exercise == name]
        if group:
            killed, right = sum(bool(fate.check) for fate in group), sum(bool(fate.reason) for fate in group)
            table.add_row(name, str(len(group)), str(killed), str(right), str(len(group) - killed - right))
    console.print(table)
    alive = [fate.mutant for fate in fates if fate.survives]
    for mutant in alive:
        where = f"{mutant.exercise}, line {mutant.line} ({mutant.operator})"
        console.print(
            f"{where}\n  was      {_indented(mutant.was)}\n  becomes  {_indented(mutant.becomes)}",
            soft_wrap=True,
            highlight=False,
        )
    return len(alive)


def contract_table(lesson: Lesson, contract: Contract) -> int:
    """Print how many sentences of each exercise are kept, and the gaps; gives their number."""
    table = Table("exercise", "sentences", "without an entry", title=f"{lesson.name}: {lesson.title}")
    for name in lesson.exercises:
        total, missing = (sum(one.name == name for one in group) for group in (contract.sentences, contract.missing))
        if total:
            table.add_row(name, str(total), str(missing))
    console.print(table)
    gaps = [f"{one.exercise}: {one.text!r} has no entry" for one in contract.missing] + contract.faults
    for gap in gaps:
        console.print(gap, style="red", soft_wrap=True, markup=False, highlight=False)
    return len(gaps)


def _indented(lines: str) -> str:
    return lines.replace("\n", "\n           ") or "(nothing)"


def left_out(checks: Mapping[str, str]) -> str:
    """A sentence of the checks that are in no score, each with why, where that is known."""
    listed = ", ".join(f"{name} ({why})" if why else name for name, why in checks.items())
    return f"Left out of all scores, since the course's own solution fails it, too: {listed}."


def failed(sentence: str) -> int:
    """Say on stderr what went wrong; gives the exit code for it."""
    print(f"autograder: {sentence}", file=sys.stderr)
    return 1
