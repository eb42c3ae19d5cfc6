"""The command `autograder`. Errors are one sentence and what to do; exit codes: 0 done, 1 something failed, 2 usage."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Iterator, Sized
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

# Before torch is imported anywhere: one thread each, or workers on the same cores slow each other down many times over.
for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(_name, "1")

import typer  # noqa: E402
from rich.console import Console  # noqa: E402
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn  # noqa: E402
from rich.table import Column, Table  # noqa: E402

from autograder.lessons import CourseError, Lesson, find_course  # noqa: E402

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Learn LLM post-training by doing it. Students: hint, progress, solution, reset, watch, experiment, doctor. "
    "Instructors: grade, similarity, release, notebook, export, audit.",
)
console = Console(markup=False, emoji=False)  # what is printed holds students' text, brackets and all
_CORES = os.cpu_count() or 1
_EXTRAS = (  # extra, its modules, what they are for
    ("pictures", ("matplotlib",), "pictures of experiments"),
    ("notebooks", ("jupytext", "nbformat", "nbclient", "ipykernel"), "notebooks"),
    ("quant", ("bitsandbytes", "accelerate"), "4 bits with bitsandbytes, to compare with"),
)

LessonArgument = Annotated[str, typer.Argument(help="A folder of exercises/, such as lora.")]
ExerciseArgument = Annotated[str, typer.Argument(help="A function or class, such as LoRALinear, or LESSON/EXERCISE.")]
Workers = Annotated[int, typer.Option(min=1, help="Submissions graded at the same time.")]
Seed = Annotated[str, typer.Option(help="The checks draw their inputs from this; the same seed gives the same score.")]
Tier = Annotated[
    str | None,
    typer.Option(help="Isolation: full, uid, process or none (default: the best here, never none). See doctor."),
]


def main() -> None:
    """Entry point: turns every expected error into one sentence on stderr and exit code 2."""
    from autograder.sandbox import SandboxError

    try:
        app()
    except (CourseError, SandboxError) as error:
        print(f"autograder: {error}", file=sys.stderr)
        sys.exit(2)
    except OSError as error:
        if error.filename is None:  # no file of the user's is at fault
            raise
        print(f"autograder: {error.filename2 or error.filename}: {error.strerror}.", file=sys.stderr)
        sys.exit(2)
    except SystemExit as ended:
        if ended.code == 130:  # what Typer makes of Ctrl-C
            print("autograder: interrupted; what was finished is kept, run the same command to go on.", file=sys.stderr)
        raise


@app.command()
def grade(
    lesson: LessonArgument,
    paths: Annotated[list[Path], typer.Argument(metavar="PATH...", help="Submissions, or folders of them.")],
    out: Annotated[Path, typer.Option(help="Folder for the results.")],
    workers: Workers = _CORES,
    seed: Seed = "0",
    tier: Tier = None,
    checks: Annotated[Path | None, typer.Option(help="A folder with your own hidden checks.")] = None,
    student_seeds: Annotated[
        Path | None, typer.Option(metavar="FILE", help="A file with a secret: each student's checks draw other inputs.")
    ] = None,
    format: Annotated[
        str, typer.Option(help="Files to write beside them, by comma: junit, nbgrader, gradescope, classroom50.")
    ] = "",
) -> None:
    """Grade submissions with visible and hidden checks, each in a sandboxed process.

    PATH is a .py file, a notebook, a folder shaped like exercises/, a zip of one, or a folder of any of these, such
    as nbgrader's submitted/. Writes
    OUT/<submission>.json (the report), OUT/<submission>.md (for the student) and OUT/grades.csv. A run
    that was stopped goes on where it was when the same command is given again.
    """
    from autograder.grade import Settings
    from autograder.grade import grade as grade_all
    from autograder.submission import collect
    from autograder.writers import FORMATS

    formats = tuple(dict.fromkeys(["csv", *(name.strip() for name in format.split(",") if name.strip())]))
    if unknown := set(formats) - set(FORMATS):
        raise CourseError(f"There is no format {unknown.pop()!r}; there are: {', '.join(FORMATS)}.")
    course = find_course()
    chosen = course.lesson(lesson)
    submissions = collect(paths, lesson, chosen.uses)
    secret = _secret(student_seeds) if student_seeds is not None else ""
    settings = Settings(min(workers, len(submissions)), seed, tier, checks, formats, secret=secret)
    with _progress(f"grading {lesson}", len(submissions)) as advance:
        outcome = grade_all(course, chosen, submissions, out, settings, advance)
    _grades_table(outcome.reports)
    for check, problem in outcome.unmet.items():
        console.print(f"Left out here: {check} ({problem}).")
    if outcome.faulty:
        names = ", ".join(outcome.faulty)
        console.print(f"The course's own reference fails here, so distrust: {names}.", style="red", soft_wrap=True)
    reused = f", {outcome.reused} of them kept from an earlier run" if outcome.reused else ""
    graded = f"{len(outcome.reports)} graded at tier {outcome.tier}{reused}"
    console.print(f"{graded}. Results are in {out}.", soft_wrap=True)
    if outcome.lost:
        raise typer.Exit(_failed(f"Not graded: {', '.join(outcome.lost)}. Run the same command to try again."))


@app.command()
def audit(
    lesson: Annotated[str | None, typer.Argument(help="One lesson (default: all).")] = None,
    workers: Workers = _CORES,
    seed: Seed = "0",
    tier: Tier = None,
) -> None:
    """Prove the checks: every misconception dies with its own sentence, everything right passes.

    The reference must earn full marks, every exercise of the stub be to do, every misconception fail a
    check of its exercise that says its sentence, and every alternative earn full marks. Exit 1 on any gap.
    """
    from autograder.audit import audit as audit_lesson
    from autograder.audit import cases

    course = find_course()
    gaps = 0
    for chosen in [course.lesson(lesson)] if lesson else course.lessons.values():
        if not course.reference(chosen.name).exists():
            raise CourseError(f"There is no solutions/{chosen.name}/ here: audit needs the instructor's repository.")
        with _progress(f"auditing {chosen.name}", len(cases(course, chosen))) as advance:
            findings = audit_lesson(course, chosen, workers=workers, seed=seed, tier=tier, on_finding=advance)
        gaps += _audit_table(chosen, findings)
    if gaps:
        raise typer.Exit(1)


@app.command()
def release(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A new folder, or one that a release made.")],
    lessons: Annotated[str, typer.Option(help="Which, by comma (default: all).")] = "",
    git: Annotated[bool, typer.Option("--git", help="Commit it: one commit, the same for the same files.")] = False,
) -> None:
    """Write the student repository: stubs, visible checks, pages, hints, notebooks, the engine, CI.

    It holds no solution, hidden check, misconception, alternative or attack. Its README tells students the one command
    that installs it. Releasing again into the same folder brings it up to date.
    """
    from autograder.release import release as write_release

    course = find_course()
    names = [name.strip() for name in lessons.split(",") if name.strip()]
    chosen = [
        lesson for lesson in course.lessons.values() if lesson.name in {course.lesson(name).name for name in names}
    ]
    released = write_release(course, folder, chosen or list(course.lessons.values()), git=git)
    listed = ", ".join(lesson.name for lesson in released.lessons)
    console.print(f"{len(released.files)} files are in {folder}, of the lessons {listed}.", soft_wrap=True)
    if not git:
        console.print("Make it a repository of its own (--git does), never a branch of this one.", soft_wrap=True)


@app.command()
def notebook(
    lesson: LessonArgument,
    instructor: Annotated[bool, typer.Option("--instructor", help="With the solutions and the answers.")] = False,
    out: Annotated[Path | None, typer.Option(help="The file (default: LESSON.ipynb here).")] = None,
    run: Annotated[bool, typer.Option("--run", help="Run it from top to bottom, and keep what it shows.")] = False,
) -> None:
    """Build a lesson's notebook from exercises/LESSON/notebook.py and the lesson's own code."""
    from autograder.notebooks import build
    from autograder.writers import write_whole

    course = find_course()
    chosen = course.lesson(lesson)
    out = out or Path(f"{lesson}-instructor.ipynb" if instructor else f"{lesson}.ipynb")
    if not out.parent.is_dir():
        raise CourseError(f"There is no folder {out.parent}: make it, or give another --out.")
    text = build.build(course, chosen, instructor=instructor)
    write_whole(out, build.run(text, course.root) if run else text)
    console.print(f"The notebook is {out}.", soft_wrap=True)


@app.command()
def similarity(
    lesson: LessonArgument,
    paths: Annotated[list[Path], typer.Argument(metavar="PATH...", help="Submissions, or folders of them.")],
    out: Annotated[Path, typer.Option(help="The table to write (CSV).")] = Path("similarity.csv"),
    top: Annotated[int, typer.Option(min=1, help="How many pairs to show.")] = 10,
) -> None:
    """List the pairs of submissions that share what few others have. A reason to read both, and no proof.

    Compares the shape of the code: names, constants, comments and layout don't count, nor does what the stub holds or
    what much of the class writes in the same way.
    """
    from autograder.similarity import compare, table_csv
    from autograder.submission import collect
    from autograder.writers import write_whole

    course = find_course()
    chosen = course.lesson(lesson)
    found = compare(course, chosen, collect(paths, lesson))
    try:
        write_whole(out, table_csv(found.pairs))
    except OSError as error:
        raise CourseError(f"{out} can't be written ({error.strerror}).") from None
    heads = ("one", "other", "exercises of the same shape")
    table = Table(Column("similarity", no_wrap=True), *(Column(head, overflow="fold") for head in heads))
    for pair in found.pairs[:top]:
        table.add_row(f"{pair.similarity:.0%}", pair.one, pair.other, ", ".join(pair.same))
    console.print(table)
    for name in found.unreadable:
        console.print(f"Left out: {name}, which holds no Python that can be read.", soft_wrap=True)
    console.print(f"{len(found.pairs)} pairs are in {out}.", soft_wrap=True)


@app.command(name="export")
def export_lesson(
    system: Annotated[str, typer.Argument(metavar="SYSTEM", help="nbgrader, otter, gradescope, classroom50 or ci.")],
    lesson: LessonArgument,
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A new folder.")],
    seed: Seed = "0",
    checks: Annotated[Path | None, typer.Option(help="A folder with your own hidden checks.")] = None,
    late_per_day: Annotated[float, typer.Option(help="Gradescope: share of the score that a day late costs.")] = 0.0,
    grace_minutes: Annotated[float, typer.Option(help="Gradescope: minutes after the due date that cost nothing.")] = 0,
    attempts: Annotated[int | None, typer.Option(help="Gradescope: how many attempts count.")] = None,
) -> None:
    """Write a lesson as another system takes it: an assignment with the same checks and the same points."""
    from autograder import exports

    course = find_course()
    policy = {"late_per_day": late_per_day, "grace_minutes": grace_minutes, "attempts": attempts}
    settings = exports.Settings(seed, checks, policy)
    for line in exports.export(system, course, course.lesson(lesson), folder, settings):
        console.print(line, soft_wrap=True, highlight=False)


@app.command()
def experiment(
    target: Annotated[str, typer.Argument(metavar="LESSON[/NAME]", help="All claims of a lesson, or one: lora/NAME.")],
    submission: Annotated[
        Path | None,
        typer.Option(help="Whose code: a .py file, a folder like exercises/, or solutions (default: exercises/)."),
    ] = None,
    backbone: Annotated[str, typer.Option(help="tiny, smollm2, a folder or a hub name such as gpt2.")] = "tiny",
    seeds: Annotated[int, typer.Option(min=1, help="Run each with this many seeds; it must hold with all.")] = 1,
    out: Annotated[Path | None, typer.Option(help="Folder for pictures and JSON (default: results/LESSON).")] = None,
    picture: Annotated[str, typer.Option(help="svg, png or none.")] = "svg",
) -> None:
    """Measure what a lesson claims: small trainings on the tiny model, each with a table, a verdict and a picture.

    Runs your own exercises. Where one isn't written yet and the solutions are in this repository, the claim is
    shown with the reference; with --submission exercises it stays to do. Exit 1 when a claim is not shown.
    """
    from autograder import experiments

    if picture not in ("svg", "png", "none"):
        raise CourseError(f"There is no picture format {picture!r}; there are: svg, png, none.")
    course = find_course()
    lesson, chosen = experiments.choose(course, target)
    out = out or Path("results") / lesson.name
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise CourseError(f"Nothing can be written to {out} ({error.strerror}): give another --out.") from None
    subjects = experiments.Subjects(course, lesson, submission)
    model = experiments.Backbone(backbone)
    outcomes, missing = [], set()
    for item in chosen:
        console.print(f"\n{item.name}: {item.claim}", style="bold", soft_wrap=True, markup=False, highlight=False)
        with _tracker() as track:
            outcome = experiments.run(item, subjects, model, range(seeds), track)
        _show_outcome(outcome)
        outcomes.append(outcome)
        try:
            experiments.save(outcome, lesson, model, out, picture)
        except experiments.MissingPlotter as problem:
            missing.add(str(problem))
    for problem in missing:
        console.print(f"\n{problem}", style="yellow", soft_wrap=True, markup=False)
    _experiments_summary(outcomes, seeds, out)
    if not all(outcome.shown for outcome in outcomes):
        raise typer.Exit(1)


@app.command()
def doctor() -> None:
    """Say what this machine can do: Python and torch, the sandbox's tier and why, and what is missing."""
    import importlib.metadata
    import importlib.util
    import platform

    from autograder.sandbox import detect

    report = detect()
    table = Table("sandbox primitive", "here", "detail", title=f"tier: {report.tier}")
    for primitive in report.primitives:
        table.add_row(primitive.name, "yes" if primitive.available else "no", primitive.detail)
    console.print(table)
    for tier, reason in report.missing.items():
        console.print(f"tier {tier}: {reason}", soft_wrap=True)
    console.print(f"Python {platform.python_version()}")
    for package in ("torch", "transformers", "peft", "pytest"):
        try:
            version = importlib.metadata.version(package)
        except importlib.metadata.PackageNotFoundError:
            version = "missing: pip install -e ."
        console.print(f"{package} {version}")
    for extra, modules, purpose in _EXTRAS:
        if any(importlib.util.find_spec(module) is None for module in modules):
            console.print(f"not installed: {purpose} (pip install -e '.[{extra}]')", soft_wrap=True, markup=False)
    course = find_course()
    console.print(f"course {course.root}: {', '.join(course.lessons)}", soft_wrap=True)


@app.command()
def hint(
    exercise: ExerciseArgument,
    number: Annotated[int, typer.Argument(min=1, max=3, help="1 is vague, 3 nearly gives it away.")] = 1,
) -> None:
    """Give one hint: the vaguest first, nearer ones by number."""
    course = find_course()
    lesson, chosen = course.exercise(exercise)
    console.print(chosen.hints[number - 1], soft_wrap=True, markup=False)
    if number < len(chosen.hints):
        console.print(f"\nNearer: autograder hint {exercise} {number + 1}", style="dim")
    elif course.reference(lesson.name).exists():
        console.print(f"\nThe last one. The answer: autograder solution {exercise} --reveal", style="dim")


@app.command()
def progress(lesson: Annotated[str | None, typer.Argument(help="One lesson (default: all).")] = None) -> None:
    """Show where you stand: the visible checks of each lesson, run on your exercises."""
    from autograder.student_commands import lesson_progress

    course = find_course()
    missing = []
    for chosen in [course.lesson(lesson)] if lesson else course.lessons.values():
        console.print(f"\n{chosen.name}: {chosen.title}", style="bold")
        try:
            for line in lesson_progress(course, chosen):
                console.print(line, soft_wrap=True, markup=False, highlight=False)
        except CourseError as problem:  # of this lesson only
            missing.append(str(problem))
    if missing:
        raise CourseError(" ".join(missing))


@app.command()
def solution(
    exercise: ExerciseArgument,
    reveal: Annotated[bool, typer.Option("--reveal", help="Show it although your own does not pass yet.")] = False,
) -> None:
    """Show the course's own way to write an exercise, once yours passes its visible checks."""
    from autograder.student_commands import exercise_passes, reference_source

    course = find_course()
    lesson, chosen = course.exercise(exercise)
    if not course.reference(lesson.name).exists():
        raise CourseError("Your instructor keeps the solutions: there are none in this repository.")
    if not reveal and not exercise_passes(course, lesson, chosen):
        way_on = f"Try autograder hint {exercise}, or --reveal to see the solution all the same."
        raise typer.Exit(_failed(f"{chosen.name} does not pass yet. {way_on}"))
    from rich.syntax import Syntax

    console.print(Syntax(reference_source(course, lesson, chosen), "python", background_color="default"))


@app.command()
def reset(exercise: ExerciseArgument) -> None:
    """Put one exercise back to its stub; your version is kept beside it."""
    from autograder.student_commands import reset_exercise

    course = find_course()
    lesson, chosen = course.exercise(exercise)
    kept = reset_exercise(course, lesson, chosen)
    told = f" Your version is kept in {kept}." if kept else " There was nothing of yours to keep."
    console.print(f"{chosen.name} is back to its stub.{told}", soft_wrap=True)


@app.command()
def watch(lesson: LessonArgument) -> None:
    """Run a lesson's checks after every save. Ctrl-C ends it."""
    from autograder.student_commands import watch_lesson

    course = find_course()
    watch_lesson(course, course.lesson(lesson))


def _secret(path: Path) -> str:
    try:
        text = path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise CourseError(f"{path} can't be read ({getattr(error, 'strerror', None) or 'not a text file'}).") from None
    if len(text) < 16:
        raise CourseError(f"{path} holds no secret of 16 characters or more: openssl rand -hex 16 > {path} makes one.")
    return text


@contextmanager
def _progress(what: str, total: int) -> Iterator[Callable[[Any], None]]:
    """A progress bar; gives a function to call for each finished piece."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task(what, total=total)
        yield lambda _: progress.advance(task)


@contextmanager
def _tracker() -> Iterator[Callable[..., Iterable[Any]]]:
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


def _show_outcome(outcome: Any) -> None:
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


def _experiments_summary(outcomes: list, seeds: int, out: Path) -> None:
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


def _grades_table(reports: list) -> None:
    from autograder.view import number

    # in a narrow terminal a long name goes on in the next line; a score is never cut
    heads = ("score", "of", "passed", "failed", "to do", "blocked", "seconds")
    table = Table(Column("submission", overflow="fold"), *(Column(head, no_wrap=True) for head in heads))
    for report in sorted(reports, key=lambda report: report.submission):
        counts = [str(report.count(outcome)) for outcome in ("passed", "failed", "todo", "blocked")]
        score = (number(report.score), number(report.max_score))
        table.add_row(report.submission, *score, *counts, f"{report.seconds:.2f}")
    console.print(table)
    for report in reports:
        if report.reason:
            console.print(f"{report.submission}: {report.reason}", soft_wrap=True, markup=False, highlight=False)


def _audit_table(lesson: Lesson, findings: list) -> int:
    """Print the kill score of one lesson and its gaps; gives their number."""
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
    seconds = sorted(finding.report.seconds for finding in findings)
    console.print(f"  {seconds[len(seconds) // 2]:.2f} s a submission (median of {len(seconds)})")
    return len(gaps)


def _failed(sentence: str) -> int:
    print(f"autograder: {sentence}", file=sys.stderr)
    return 1
