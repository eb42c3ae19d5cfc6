"""Grades submissions of one lesson into a folder: resumable, one report each, whatever a submission does."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from autograder.checking.collecting import Collected
from autograder.checking.digest import engine_digest, installed_versions, seed_fingerprint
from autograder.checking.report import Report, Student, Times
from autograder.checking.student import TimeLimits
from autograder.checking.submission import Submission
from autograder.common.errors import CourseError
from autograder.common.files import write_whole
from autograder.common.lessons import Course, Lesson
from autograder.grading.files import CSV, Writer, student_page
from autograder.grading.pool import Job, grade_many
from autograder.grading.prepare import prepared
from autograder.grading.results import LeftAlone, Results, carry_over, differences


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
    left: list[str]  # a sentence for each report that can't be read; nothing was graded into its place
    mixed: str  # a sentence where the class's table holds results that can't be compared, or none


def grade(
    course: Course,
    lesson: Lesson,
    submissions: Sequence[Submission],
    out: Path,
    settings: Settings,
    on_report: Callable[[Report], None] = lambda report: None,
) -> Outcome:
    """Grade every submission and write its files; results already there for the same key are kept.

    The class's tables are made from all reports of the lesson in `out`, whatever was graded now.
    Raises CourseError for what the caller can put right and SandboxError when the asked tier can't be had.
    """
    _check_origin(course, lesson, submissions)
    results = Results(out, lesson.name)
    results.open([submission.name for submission in submissions], settings.writers)
    left = carry_over(out)
    with prepared(
        course, lesson, workers=settings.workers, tier=settings.tier, seed=settings.seed, private=settings.private
    ) as ready:
        zygote, collected = ready.zygote, ready.collected
        job = Job(lesson, collected.checks, settings.seed, zygote.tier, settings.limits, settings.secret)
        maker = _Maker.of(collected, settings, lesson, zygote.tier)
        reports: dict[int, Report] = {}
        earlier: dict[int, Report | None] = {}
        for index, submission in enumerate(submissions):
            try:
                known = results.read(submission.name)
            except LeftAlone as problem:
                left.append(str(problem))
                continue
            if known is not None and known.key == maker.key(submission):
                reports[index] = known
                _keep_page(results, known, lesson)
                on_report(known)
            else:
                earlier[index] = known
        waiting, reused, lost = list(earlier), len(reports), []
        pairs = [(submissions[index], maker.key(submissions[index])) for index in waiting]
        try:
            for position, graded in grade_many(job, pairs, zygote.clients):
                index = waiting[position]
                if graded is None:
                    lost.append(submissions[index].name)
                    continue
                reports[index] = _put(results, maker.signed(graded, submissions[index]), earlier[index], lesson)
                on_report(reports[index])
        finally:
            ordered = [reports[index] for index in sorted(reports)]
            results.write_files(ordered, settings.writers)
            whole_class, unread = results.all()
            results.write_tables(whole_class, settings.writers)
    left = list(dict.fromkeys(left + unread))
    return Outcome(ordered, reused, lost, zygote.tier, collected.unmet, ready.faulty, left, differences(whole_class))


@dataclass(frozen=True)
class _Maker:
    """What decides a result beside the submission, the engine that reaches it included. It holds no secret."""

    checks_digest: str
    unmet: tuple[str, ...]
    seed_fingerprint: str
    tier: str
    engine: str
    libraries: tuple[str, ...]

    @classmethod
    def of(cls, collected: Collected, settings: Settings, lesson: Lesson, tier: str) -> _Maker:
        # not the secret alone: given as a seed, the same text draws other inputs
        secret = f"for each student: {settings.secret}" if settings.secret else settings.seed
        made_by = (seed_fingerprint(secret, lesson.name), tier, engine_digest(), installed_versions())
        return cls(collected.digest, tuple(sorted(collected.unmet)), *made_by)

    def key(self, submission: Submission) -> str:
        """Names a result by everything that decides it."""
        made_by = (self.seed_fingerprint, self.tier, self.engine, *self.libraries)
        parts = (submission.digest(), self.checks_digest, *self.unmet, *made_by)
        return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:32]

    def signed(self, report: Report, submission: Submission) -> Report:
        """The report with what it was made from, and when."""
        return replace(
            report,
            student=Student(submission.name, submission.spelt),
            source=submission.source,
            digest=submission.digest(),
            times=Times(graded_at=datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")),
            seed_fingerprint=self.seed_fingerprint,
            checks_digest=self.checks_digest,
            engine=self.engine,
            versions=dict(one.split(" ", 1) for one in self.libraries),
        )


def _put(results: Results, report: Report, earlier: Report | None, lesson: Lesson) -> Report:
    """Write a new report in the place of an earlier one, which goes into the history first.

    What somebody noted about the same submission (adjustments, when it came, fields of their own) stays with it.
    """
    if earlier is not None:
        results.retire(earlier)
        if earlier.digest == report.digest:
            times = replace(report.times, handed_in=earlier.times.handed_in)
            report = replace(report, times=times, adjustments=earlier.adjustments, late=earlier.late, more=earlier.more)
    report = replace(report, attempt=results.attempt(report))
    results.write(report, student_page(report, lesson))
    return report


def _keep_page(results: Results, report: Report, lesson: Lesson) -> None:
    """Make the page of a kept report anew where it is gone, or is not of this report."""
    page, text = results.page(report.submission), student_page(report, lesson)
    if not page.exists() or page.read_text(encoding="utf-8", errors="replace") != text:
        write_whole(page, text)


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
