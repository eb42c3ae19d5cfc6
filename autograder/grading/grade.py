"""Grades submissions of one lesson into a folder: resumable, one report each, whatever a submission does."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from autograder.checking.collecting import Collected
from autograder.checking.digest import engine_digest, installed_versions, seed_fingerprint
from autograder.checking.private_checks import verify as verify_private
from autograder.checking.report import Report, Student, Times
from autograder.checking.student import TimeLimits
from autograder.checking.submission import Submission
from autograder.common.errors import CourseError
from autograder.common.files import write_whole
from autograder.common.lessons import Course, Lesson
from autograder.common.text import size
from autograder.grading.adjusting import Rules, adjust
from autograder.grading.files import CSV, Writer, student_page
from autograder.grading.pool import Job
from autograder.grading.prepare import GradeAll, Prepare, prepared
from autograder.grading.reference import LeftOut, leans_on, without
from autograder.grading.results import LeftAlone, Results, carry_over, differences, lessons_in
from autograder.grading.seeds import kept
from autograder.grading.stored import Stored
from autograder.sandbox import Limits


@dataclass(frozen=True)
class Settings:
    """What an instructor may choose. `tier` None takes the best that this machine has, never `none`."""

    workers: int = 1
    seed: str = ""  # none: the one that lies in the folder of results, drawn into it where there is none yet
    tier: str | None = None
    private: Path | None = None
    memory_bytes: int = Limits.memory_bytes  # that the child which runs a submission may take
    writers: tuple[Writer, ...] = (CSV,)  # of the files beside the reports and the students' pages
    limits: TimeLimits = field(default_factory=TimeLimits)
    prepare: Prepare = prepared  # here, or what stands for it on a cluster
    rules: Rules = field(default_factory=Rules)  # what counts beside the score


@dataclass(frozen=True)
class Outcome:
    """What a grading run gives: reports in the order of the submissions, and the names of those without one."""

    reports: Sequence[Report]  # each is read from the disk when it is looked at
    reused: int
    lost: list[str]
    tier: str
    unmet: dict[str, str]  # check → what it requires and this machine lacks
    left_out: dict[str, str]  # checks that the course's own reference fails, and why: they are in no score
    left: list[str]  # a sentence for each report that can't be read; nothing was graded into its place
    mixed: str  # a sentence where the class's table holds results that can't be compared, or none
    doubts: list[str]  # a sentence for each student who is marked late, and nobody knows by how much


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
    if settings.private is not None:
        verify_private(course, lesson, settings.private)
    seed = settings.seed or kept(out, has_reports=lambda: bool(lessons_in(out)))
    results = Results(out, lesson.name)
    limits = Limits(memory_bytes=settings.memory_bytes)
    with (
        results.claimed([submission.name for submission in submissions], settings.writers),
        settings.prepare(
            course,
            lesson,
            workers=settings.workers,
            tier=settings.tier,
            seed=seed,
            private=settings.private,
            limits=limits,
        ) as ready,
    ):
        problems = carry_over(out)
        settings.rules.keep(out)
        collected, tier = ready.collected, ready.tier
        maker = _Maker.of(collected, seed, lesson, tier, settings.memory_bytes)
        left_out = LeftOut(results.folder, collected.digest)
        run = _Run(lesson, submissions, results, maker, left_out, on_report)
        job = Job(
            lesson,
            collected.checks,
            seed,
            tier,
            settings.limits,
            grounds=collected.grounds,
            reference=ready.reference,
            by_digest=True,
        )
        left_out.add(ready.faulty)
        try:
            run.drop(left_out.names)
            waiting = [index for index in range(len(submissions)) if not run.keep(index)]
            while waiting:
                new = run.grade(job, waiting, ready.grade)
                waiting = run.drop(new)
        finally:
            doubts = adjust(results, lesson, settings.rules)
            ordered = Stored(results.read, [submissions[index].name for index in sorted(run.done)])
            results.write_files(ordered, settings.writers)
            whole_class, unread = results.stored()
            results.write_tables(whole_class, settings.writers)
    problems = list(dict.fromkeys(problems + run.problems + unread))
    lost = [submissions[index].name for index in run.lost]
    mixed = differences(whole_class)
    why = {name: ready.faulty.get(name, "") for name in left_out.names}
    return Outcome(ordered, run.reused, lost, tier, collected.unmet, why, problems, mixed, doubts)


@dataclass
class _Run:
    """One call of `grade`: whose reports are there so far, by the index of the submission, and what became of the
    others. The reports lie on disk; none is held."""

    lesson: Lesson
    submissions: Sequence[Submission]
    results: Results
    maker: _Maker
    left_out: LeftOut
    on_report: Callable[[Report], None]
    done: set[int] = field(default_factory=set)
    reused: int = 0
    lost: list[int] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    def keep(self, index: int) -> bool:
        """Whether this submission is not to be graded: it has its report, or one in its place that can't be read."""
        submission = self.submissions[index]
        try:
            known = self.results.read(submission.name)
        except LeftAlone as problem:
            self.problems.append(str(problem))
            return True
        if known is None or known.key != self.maker.key(submission):
            return False
        self.reused += 1
        known = self._told(known, submission)
        keep_page(self.results, known, self.lesson)
        self._note(index, known)
        return True

    def _told(self, known: Report, submission: Submission) -> Report:
        """A kept report with what is known of its handing in by now: nothing of that decides the score."""
        times = replace(known.times, handed_in=submission.handed_in, marked_late=submission.marked_late)
        if submission.handed_in is None and not submission.marked_late:
            times = known.times
        new = replace(known, times=times)
        if submission.who is not None:
            new = replace(
                new, student=replace(student_of(submission), more=known.student.more), source=submission.source
            )
        if new != known:
            self.results.write(new, student_page(new, self.lesson))
        return new

    def grade(self, job: Job, indices: Sequence[int], grade_all: GradeAll) -> list[str]:
        """Grade these submissions by what is not left out. Gives the checks that the reference failed beside them."""
        job = replace(job, checks=[check for check in job.checks if check.name not in self.left_out.names])
        pairs = [(self.submissions[index], self.maker.key(self.submissions[index])) for index in indices]
        new: list[str] = []
        for position, graded in grade_all(job, pairs):
            index = indices[position]
            if graded is None:
                self.lost.append(index)
                continue
            new += self.left_out.add(graded.left_out)
            submission = self.submissions[index]
            earlier = self.results.read(submission.name)
            self._note(index, put(self.results, self.maker.signed(graded, submission), earlier, self.lesson))
        return new

    def drop(self, names: Sequence[str]) -> list[int]:
        """Take checks out of all reports of the class. Gives the submissions whose other verdicts these may change."""
        known = {self.submissions[index].name: index for index in self.done}
        again = []
        for report in self.results.stored()[0] if names else []:
            if report.checks_digest != self.maker.checks_digest or (less := without(report, names)) is report:
                continue
            if leans_on(report, names):
                less = replace(less, key="")  # it is no result to be kept
            self.results.write(less, student_page(less, self.lesson))
            if report.submission in known and not less.key:
                again.append(known[report.submission])
        return again

    def _note(self, index: int, report: Report) -> None:
        if index not in self.done:
            self.on_report(report)
        self.done.add(index)


@dataclass(frozen=True)
class _Maker:
    """What decides a result beside the submission, the engine that reaches it included. It holds no secret."""

    checks_digest: str
    unmet: tuple[str, ...]
    seed_fingerprint: str
    tier: str
    memory: str  # none where nothing bounds it
    engine: str
    libraries: tuple[str, ...]

    @classmethod
    def of(cls, collected: Collected, seed: str, lesson: Lesson, tier: str, memory_bytes: int) -> _Maker:
        memory = size(memory_bytes) if tier != "none" else ""
        made_by = (seed_fingerprint(seed, lesson.name), tier, memory, engine_digest(), installed_versions())
        return cls(collected.digest, tuple(sorted(collected.unmet)), *made_by)

    def key(self, submission: Submission) -> str:
        """Names a result by everything that decides it."""
        made_by = (self.seed_fingerprint, self.tier, self.memory, self.engine, *self.libraries)
        parts = (submission.digest(), self.checks_digest, *self.unmet, *made_by)
        return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:32]

    def signed(self, report: Report, submission: Submission) -> Report:
        """The report with what it was made from, and when."""
        return replace(
            report,
            student=student_of(submission),
            source=submission.source,
            digest=submission.digest(),
            times=Times(datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"), submission.handed_in, submission.marked_late),
            seed_fingerprint=self.seed_fingerprint,
            checks_digest=self.checks_digest,
            engine=self.engine,
            versions=dict(one.split(" ", 1) for one in self.libraries),
        )


def student_of(submission: Submission) -> Student:
    """Its files are named by the submission's name, which no other has, whatever `who` says."""
    if submission.who is None:
        return Student(submission.name, submission.spelt)
    return Student(**vars(submission.who) | {"id": submission.name})


def put(results: Results, report: Report, earlier: Report | None, lesson: Lesson) -> Report:
    """Write a new report in the place of an earlier one, which goes into the history first.

    What somebody noted about the same submission (adjustments, when it came, fields of their own) stays with it.
    """
    if earlier is not None:
        results.retire(earlier)
        if earlier.digest == report.digest:
            times = report.times
            if times.handed_in is None and not times.marked_late:
                times = replace(times, handed_in=earlier.times.handed_in, marked_late=earlier.times.marked_late)
            report = replace(report, times=times, adjustments=earlier.adjustments, late=earlier.late, more=earlier.more)
    report = replace(report, attempt=results.attempt(report))
    results.write(report, student_page(report, lesson))
    return report


def keep_page(results: Results, report: Report, lesson: Lesson) -> None:
    """Make the page of a kept report anew where it is gone, or is not of this report."""
    page, text = results.page(report.submission), student_page(report, lesson)
    if not page.exists() or page.read_text(encoding="utf-8", errors="replace") != text:
        write_whole(page, text)


def _check_origin(course: Course, lesson: Lesson, submissions: Sequence[Submission]) -> None:
    """Whoever stands in a submission may name it as the course."""
    if course.root.resolve() == Path(__file__).resolve().parents[2]:
        return  # the engine's own repository, whose exercises/ and solutions/ may be graded as any other
    for submission in submissions:
        if lesson.folder.resolve().is_relative_to(submission.origin.resolve()):
            raise CourseError(
                f"The checks of {course.root} lie in the submission {submission.name}, which could have changed them: "
                "name your own course with --course."
            )
