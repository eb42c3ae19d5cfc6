"""Puts the results of a class's shards together, as one run would have left them.

Everything is read and compared before anything is written: shards that can't be one class are refused, and nothing has
changed. After that each file is written whole, and the same command goes on where a killed one was.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from autograder.checking.report import Report, Times
from autograder.common.errors import CourseError
from autograder.common.lessons import Course, Lesson
from autograder.grading.files import CSV, Writer, student_page
from autograder.grading.grade import keep_page, put
from autograder.grading.reference import LeftOut, leans_on, without
from autograder.grading.results import HISTORY, LeftAlone, Results, differences
from autograder.grading.roster import merge_rosters
from autograder.grading.shards import FILE, noted


@dataclass(frozen=True)
class Merged:
    """What became of one lesson."""

    lesson: str
    reports: list[Report]
    left_out: list[str]  # checks that the course's own solution failed in some shard: they are in no score
    again: list[str]  # submissions with a verdict that such a check may have blocked: to be graded once more
    missing: list[str]  # a sentence for each shard or submission that nobody graded
    mixed: str  # a sentence where the table holds older reports, too, that can't be compared; or none


@dataclass
class _Plan:
    """All that shards hold of one lesson, read and found to be of one class."""

    lesson: Lesson
    results: Results  # where they are put together
    reports: dict[str, Report] = field(default_factory=dict)
    places: dict[str, list[Path]] = field(default_factory=dict)  # submission → its reports, as they lie in shards
    earlier: list[Report] = field(default_factory=list)  # of any submission's history
    left_out: list[str] = field(default_factory=list)


def merge(course: Course, out: Path, shards: Sequence[Path], writers: Sequence[Writer] = (CSV,)) -> list[Merged]:
    """Put the reports, histories and pages of `shards` together in `out`, which may hold what was merged before.

    Raises CourseError, before anything is written, where they are of different secrets, engines, libraries, checks or
    tiers, hold different results of one submission, or a report that can't be read.
    """
    folders = {path.resolve(): path for path in shards}
    if out.resolve() in folders:
        raise CourseError(f"{out} is one of the shards: give another folder to put them together in.")
    held = {shard: _lessons(shard) for shard in folders.values()}
    names = sorted({name for lessons in held.values() for name in lessons})
    plans = []
    for name in names:
        own = [Results(shard, name) for shard, lessons in held.items() if name in lessons]
        plans.append((_plan(course.lesson(name), out, own), _missing(own)))
    merge_rosters(out, list(held), names)
    return [_carry_out(plan, missing, writers) for plan, missing in plans]


def _lessons(shard: Path) -> list[str]:
    """The lessons that a shard was graded in; nobody need have been in it."""
    if not shard.is_dir():
        raise CourseError(f"There is no folder {shard}: give the folders that grade --shard wrote to, each its --out.")
    marks = {path.parent.name for name in (CSV.name, FILE, "[!.]*.json") for path in shard.glob(f"[!.]*/{name}")}
    if not marks:
        raise CourseError(f"There are no results in {shard}: give the folder that grade --shard wrote to, its --out.")
    return sorted(marks)


# --- reading and comparing ------------------------------------------------------------------------------------------


def _plan(lesson: Lesson, out: Path, shards: Iterable[Results]) -> _Plan:
    plan = _Plan(lesson, Results(out, lesson.name))
    first: tuple[Report, Path] | None = None
    for shard in shards:
        reports, unread = shard.all()
        if unread:
            raise CourseError(f"Nothing was merged: {unread[0]}")
        for report in reports:
            place = shard.path(report.submission)
            first = first or (report, place)
            _check_same_class(*first, report, place)
            plan.places.setdefault(report.submission, []).append(place)
            plan.reports.setdefault(report.submission, report)
        if reports:
            plan.left_out += LeftOut(shard.folder, reports[0].checks_digest).names
        plan.earlier += _history(shard)
    for name in plan.reports:
        try:
            plan.results.read(name)
        except LeftAlone as problem:
            raise CourseError(f"Nothing was merged: {problem}") from None
    if first is not None:
        plan.left_out += LeftOut(plan.results.folder, first[0].checks_digest).names
        plan.left_out = list(dict.fromkeys(plan.left_out))
        _check_same_checks(plan)
        _check_same_results(plan)
    return plan


def _history(shard: Results) -> list[Report]:
    found = []
    for path in sorted((shard.folder / HISTORY).glob("[!.]*/[!.]*.json")):
        try:
            report = Report.from_json(path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            raise CourseError(f"Nothing was merged: {path} is damaged, or of a newer engine; move it away.") from None
        if report.submission != path.parent.name:
            raise CourseError(f"Nothing was merged: {path} is the report of {report.submission}, not in its place.")
        found.append(report)
    return found


def _check_same_class(first: Report, there: Path, report: Report, here: Path) -> None:
    for what, one, other in (
        ("secrets", first.seed_fingerprint, report.seed_fingerprint),
        ("engines", first.engine, report.engine),
        ("versions of the libraries", first.versions, report.versions),
        ("checks", first.checks_digest, report.checks_digest),
        ("tiers of isolation", first.tier, report.tier),
    ):
        if one != other:
            raise CourseError(
                f"Nothing was merged: {here} and {there} were graded with different {what}. Grade one shard again."
            )


def _check_same_checks(plan: _Plan) -> None:
    """Checks of one digest still differ where a machine lacks what one of them requires."""
    first, *others = plan.reports.values()
    asked = {check.name for check in first.checks} - set(plan.left_out)
    for report in others:
        if odd := sorted(asked ^ ({check.name for check in report.checks} - set(plan.left_out))):
            here, there = (plan.places[one.submission][0] for one in (report, first))
            raise CourseError(
                f"Nothing was merged: {odd[0]} is in only one of {here} and {there}. One of their machines lacks what "
                "it requires: grade the shards on machines of one kind."
            )


def _check_same_results(plan: _Plan) -> None:
    for name, places in plan.places.items():
        kept = _result(plan.reports[name], plan.left_out)
        for place in places[1:]:
            report = Report.from_json(place.read_text(encoding="utf-8"))
            if _result(report, plan.left_out) != kept:
                raise CourseError(
                    f"Nothing was merged: {place} and {places[0]} are different results of {name}. "
                    "Move the one away that doesn't count."
                )


def _result(report: Report, left_out: Iterable[str]) -> Report:
    """What two gradings of the same thing have in common: all but how long they took, and when that was."""
    checks = tuple(replace(check, seconds=0.0) for check in report.checks)
    times = Times(handed_in=report.times.handed_in)
    same = replace(report, checks=checks, seconds=0.0, times=times, attempt=1, left_out=(), key="")
    return without(same, left_out)


def _missing(shards: Sequence[Results]) -> list[str]:
    """What the shards' notes say of those that are not here. Folders without a note are no shards: nothing is known."""
    notes = [(shard, note) for shard in shards if (note := noted(shard.folder)) is not None]
    said = []
    for parts in sorted({part.parts for _, (part, _) in notes}):
        here = {part.index for _, (part, _) in notes if part.parts == parts}
        if gone := [str(index) for index in range(1, parts + 1) if index not in here]:
            said.append(f"Of {parts} shards, these are not here or did not end: {', '.join(gone)}.")
    for shard, (_, names) in notes:
        if lost := [name for name in names if not shard.path(name).exists()]:
            said.append(f"Not graded in {shard.folder}: {', '.join(lost)}.")
    return said


# --- writing --------------------------------------------------------------------------------------------------------


def _carry_out(plan: _Plan, missing: list[str], writers: Sequence[Writer]) -> Merged:
    results, lesson = plan.results, plan.lesson
    with results.claimed(list(plan.reports), writers):
        for earlier in plan.earlier:
            (results.folder / HISTORY).mkdir(exist_ok=True)
            results.into_history(earlier, earlier.to_json())
        if plan.reports:  # before any report: a check that is in no score must not come back
            LeftOut(results.folder, next(iter(plan.reports.values())).checks_digest).add(plan.left_out)
        for name, report in plan.reports.items():
            known = results.read(name)
            if known is not None and _stands(known, report, plan.left_out):
                keep_page(results, known, lesson)
            else:
                put(results, report, known, lesson)
        for report in results.all()[0]:
            of_these = report.submission in plan.reports
            if of_these and (less := without(report, plan.left_out)) is not report:
                less = replace(less, key="") if leans_on(report, plan.left_out) else less
                results.write(less, student_page(less, lesson))
        whole_class, _ = results.all()
        results.write_files(whole_class, writers)
        results.write_tables(whole_class, writers)
    again = [one.submission for one in whole_class if one.submission in plan.reports and not one.key]
    return Merged(lesson.name, whole_class, plan.left_out, again, missing, differences(whole_class))


def _stands(known: Report, report: Report, left_out: Sequence[str]) -> bool:
    """Whether what was merged before is this result: as it came, with somebody's notes, or graded once more since."""
    times = replace(report.times, handed_in=known.times.handed_in)
    noted_on = replace(report, times=times, adjustments=known.adjustments, late=known.late, more=known.more)
    if _result(known, left_out) == _result(noted_on, left_out):
        return True
    made_by = (report.digest, report.seed_fingerprint, report.engine, report.checks_digest, report.tier)
    made_anew = (known.digest, known.seed_fingerprint, known.engine, known.checks_digest, known.tier) == made_by
    return made_anew and bool(known.key) and leans_on(report, left_out)
