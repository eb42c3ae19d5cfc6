"""Grades submissions of one lesson into a folder: resumable, one report each, whatever a submission does."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from autograder.checking.collecting import Collected
from autograder.checking.digest import engine_digest, library_versions
from autograder.checking.report import Report
from autograder.checking.student import TimeLimits
from autograder.checking.submission import Submission
from autograder.common.errors import CourseError
from autograder.common.files import remove_unfinished, write_whole
from autograder.common.lessons import Course, Lesson
from autograder.grading.files import CSV, ClassFile, Writer, student_page
from autograder.grading.pool import Job, grade_many
from autograder.grading.prepare import prepared


@dataclass(frozen=True)
class Settings:
    """What an instructor may choose. `tier` None takes the best that this machine has, never `none`."""

    workers: int = 1
    seed: str = "0"
    tier: str | None = None
    private: Path | None = None
    writers: tuple[Writer, ...] = (CSV,)  # of the files beside the reports and the students' pages
    limits: TimeLimits = field(default_factory=TimeLimits)
    secret: str = ""  # gives each submission a seed of its own; see `Job`


@dataclass(frozen=True)
class Outcome:
    """What a grading run gives: reports in the order of the submissions, and the names of those without one."""

    reports: list[Report]
    reused: int
    lost: list[str]
    tier: str
    unmet: dict[str, str]  # check → what it requires and this machine lacks
    faulty: list[str]  # checks that the course's own reference does not pass here


def grade(
    course: Course,
    lesson: Lesson,
    submissions: Sequence[Submission],
    out: Path,
    settings: Settings,
    on_report: Callable[[Report], None] = lambda report: None,
) -> Outcome:
    """Grade every submission and write its files; results already there for the same key are kept.

    Raises CourseError for what the caller can put right and SandboxError when the asked tier can't be had.
    """
    _check_origin(course, lesson, submissions)
    _check_folder(out, lesson, submissions, settings)
    chosen = {"workers": settings.workers, "tier": settings.tier, "seed": settings.seed, "private": settings.private}
    with prepared(course, lesson, **chosen) as ready:
        zygote, collected = ready.zygote, ready.collected
        job = Job(lesson, collected.checks, settings.seed, zygote.tier, settings.limits, settings.secret)
        seeds = [job.seed_of(submission.name) for submission in submissions]
        keys = [
            result_key(submission, collected, seed, zygote.tier)
            for submission, seed in zip(submissions, seeds, strict=True)
        ]
        reports = {index: done for index, key in enumerate(keys) if (done := _finished(out, submissions[index], key))}
        for report in reports.values():
            on_report(report)
        waiting = [index for index in range(len(submissions)) if index not in reports]
        reused, lost = len(reports), []
        pairs = [(submissions[index], keys[index]) for index in waiting]
        try:
            for position, report in grade_many(job, pairs, zygote.clients):
                if report is None:
                    lost.append(pairs[position][0].name)
                    continue
                reports[waiting[position]] = report
                _write(out, report, lesson)
                on_report(report)
        finally:
            ordered = [reports[index] for index in sorted(reports)]
            for writer in settings.writers:
                if isinstance(writer, ClassFile):
                    write_whole(out / writer.name, writer.make(ordered))
                    continue
                for report in ordered:
                    write_whole(out / f"{report.submission}{writer.ending}", writer.make(report))
    return Outcome(ordered, reused, lost, zygote.tier, collected.unmet, ready.faulty)


def result_key(submission: Submission, collected: Collected, seed: str, tier: str) -> str:
    """Names a result by everything that decides it, the engine that reached it included."""
    made_by = (engine_digest(), *library_versions())
    parts = (submission.digest(), collected.digest, *sorted(collected.unmet), seed, tier, *made_by)
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:32]


def _check_origin(course: Course, lesson: Lesson, submissions: Sequence[Submission]) -> None:
    """The course is looked for from the working directory upwards, and may be found in what a student handed in."""
    if course.root.resolve() == Path(__file__).resolve().parents[2]:
        return  # the engine's own repository, whose exercises/ and solutions/ may be graded as any other
    for submission in submissions:
        if lesson.folder.resolve().is_relative_to(submission.origin.resolve()):
            raise CourseError(
                f"The checks of {course.root} lie in the submission {submission.name}, which could have changed them: "
                "run this in the folder of your own course."
            )


def _check_folder(out: Path, lesson: Lesson, submissions: Sequence[Submission], settings: Settings) -> None:
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise CourseError(f"The results can't be written to {out} ({error.strerror}).") from None
    tables = {writer.name for writer in settings.writers if isinstance(writer, ClassFile)}
    ours = tuple(f"{submission.name}." for submission in submissions)
    remove_unfinished(out, lambda name: name in tables or name.startswith(ours))
    for submission in submissions:
        report = _read(out, submission)
        if report is not None and report.lesson != lesson.name:
            raise CourseError(f"{out} holds results of {report.lesson}: give {lesson.name} a folder of its own.")


def _read(out: Path, submission: Submission) -> Report | None:
    try:
        return Report.from_json((out / f"{submission.name}.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None


def _finished(out: Path, submission: Submission, key: str) -> Report | None:
    report = _read(out, submission)
    page = out / f"{submission.name}.md"
    return report if report is not None and report.key == key and page.exists() else None


def _write(out: Path, report: Report, lesson: Lesson) -> None:
    write_whole(out / f"{report.submission}.md", student_page(report, lesson))
    write_whole(out / f"{report.submission}.json", report.to_json())  # last: its key says that all is there
