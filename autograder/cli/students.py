"""The commands for students."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import os
import platform
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from autograder.checking.student import OWN_SECONDS
from autograder.cli import completing, screen
from autograder.cli.app import ExerciseArgument, app, examples
from autograder.common.errors import CourseError
from autograder.common.lessons import find_course

_EXTRAS = (  # extra, its modules, what they are for
    ("pictures", ("matplotlib",), "pictures of experiments"),
    ("notebooks", ("jupytext", "nbformat", "nbclient", "ipykernel"), "notebooks"),
    ("quant", ("bitsandbytes", "accelerate"), "4 bits with bitsandbytes, to compare with"),
)


@app.command(
    epilog=examples(("autograder hint LoRALinear", "the next one"), ("autograder hint LoRALinear 1", "the first"))
)
def hint(
    exercise: ExerciseArgument,
    number: Annotated[
        int | None, typer.Argument(min=1, max=3, help="1 is vague, 3 nearly gives it away (default: the next one).")
    ] = None,
) -> None:
    """Give a hint: a vague one first, a nearer one with each call."""
    from autograder.terminal import hints

    course = find_course()
    lesson, chosen = course.exercise(exercise)
    number = number or hints.next_hint(course, chosen)
    hints.remember(course, chosen, number)
    in_lines = screen.console.is_terminal  # which breaks in the middle of a word
    screen.console.print(chosen.hints[number - 1], soft_wrap=not in_lines, markup=False)
    if number < len(chosen.hints):
        told = f"\nHint {number} of {len(chosen.hints)}. Nearer: autograder hint {exercise}"
        screen.console.print(told, style="dim", soft_wrap=True)
    elif course.reference(lesson.name).exists():
        screen.console.print(f"\nThe last one. The answer: autograder solution {exercise} --reveal", style="dim")


@app.command(
    epilog=examples(("autograder progress", "a line a lesson"), ("autograder progress lora", "a line an exercise"))
)
def progress(
    lesson: Annotated[
        str | None,
        typer.Argument(
            help="One lesson, exercise by exercise (default: all, a line each).", autocompletion=completing.lessons
        ),
    ] = None,
) -> None:
    """Show where you stand: the public checks, run on your exercises."""
    from autograder.terminal import progress

    course = find_course()
    if lesson is not None:
        chosen = course.lesson(lesson)
        screen.console.print(f"{chosen.name}: {chosen.title}", style="bold")
        for line in progress.lesson_progress(course, chosen):
            screen.console.print(line, soft_wrap=True, markup=False, highlight=False)
        return
    found: list[progress.Standing] = []
    missing: list[str] = []
    module = ""
    for chosen in course.lessons.values():
        if chosen.module != module:
            module = chosen.module
            screen.console.print(module, style="bold", markup=False, highlight=False)
        try:
            with screen.console.status(f"running the checks of {chosen.name}"):
                found.append(progress.standing(course, chosen))
        except CourseError as problem:  # of this lesson only
            missing.append(str(problem))
            screen.console.print(f"  {chosen.name:18} can't be read", style="red", highlight=False)
            continue
        style = "green" if found[-1].done else None if found[-1].begun else "dim"
        line = found[-1].line(screen.console.width if screen.console.is_terminal else None)
        screen.console.print(line, style=style, soft_wrap=True, markup=False, highlight=False)
    screen.console.print(progress.total_line(found, len(course.lessons)), style="bold", highlight=False)
    for one in found:
        if one.problem:
            screen.console.print(one.problem, style="red", soft_wrap=True, markup=False, highlight=False)
    if (open_one := progress.where_to_go_on(found)) is not None:
        name = open_one.lesson.name
        told = f"Go on with {name} ({open_one.next}). Exercise by exercise:\n  autograder progress {name}"
        screen.console.print(told, soft_wrap=True, markup=False, highlight=False)
    if missing:
        raise CourseError(" ".join(missing))


@app.command(epilog=examples(("autograder solution LoRALinear", "once yours passes its public checks")))
def solution(
    exercise: ExerciseArgument,
    reveal: Annotated[bool, typer.Option("--reveal", help="Show it although your own does not pass yet.")] = False,
) -> None:
    """Show the course's own way to write an exercise, once yours passes its public checks."""
    from autograder.terminal.own_file import reference_source
    from autograder.terminal.progress import exercise_passes

    course = find_course()
    lesson, chosen = course.exercise(exercise)
    if not course.reference(lesson.name).exists():
        raise CourseError("Your instructor keeps the solutions: there are none in this repository.")
    if not reveal and not exercise_passes(course, lesson, chosen):
        way_on = f"Try autograder hint {exercise}, or --reveal to see the solution all the same."
        raise typer.Exit(screen.failed(f"{chosen.name} does not pass yet. {way_on}"))
    from rich.syntax import Syntax

    source = reference_source(course, lesson, chosen)
    # as text: a Syntax that is printed leaves out what is wider than the terminal
    screen.console.print(Syntax(source, "python", background_color="default").highlight(source), soft_wrap=True, end="")


@app.command(
    epilog=examples(
        ("autograder reset LoRALinear", "begin it anew"),
        ("autograder reset --undo", "take the last reset back"),
        ("autograder reset --undo LoRALinear", "take back the last one of that exercise"),
    )
)
def reset(
    exercise: Annotated[
        str | None,
        typer.Argument(
            help="A function or class, such as LoRALinear, or LESSON/EXERCISE.", autocompletion=completing.exercises
        ),
    ] = None,
    undo: Annotated[bool, typer.Option("--undo", help="Bring back the version that the last reset kept.")] = False,
) -> None:
    """Put one exercise back to its stub; your version is kept, and --undo brings it back."""
    from autograder.terminal.own_file import reset_exercise, undo_reset

    course = find_course()
    if exercise is None and not undo:
        raise CourseError("Which exercise? autograder reset EXERCISE; --undo takes the last reset back.")
    lesson, chosen = course.exercise(exercise) if exercise is not None else (None, None)
    if undo:
        name, instead = undo_reset(course, chosen)
        told = f" What stood there is kept in {instead}." if instead else ""
        screen.console.print(f"{name} is again what it was before the reset.{told}", soft_wrap=True)
        return
    assert lesson is not None and chosen is not None
    done = reset_exercise(course, lesson, chosen)
    if not done.changed:
        screen.console.print(f"{chosen.name} is its stub already: there is nothing to reset.", soft_wrap=True)
        return
    told = f" Your version is kept in {done.kept}; autograder reset --undo {chosen.name} brings it back."
    if done.kept is None:
        told = " There was nothing of yours to keep."
    screen.console.print(f"{chosen.name} is back to its stub.{told}", soft_wrap=True)


@app.command()
def watch(
    name: Annotated[
        str | None,
        typer.Argument(
            metavar="[LESSON|EXERCISE]",
            help="Default: where you are, or the first with something to do.",
            autocompletion=completing.lessons,
        ),
    ] = None,
    check_seconds: Annotated[
        float, typer.Option(min=0, help="How long your code may take in one check; 0: no limit.")
    ] = OWN_SECONDS,
) -> None:
    """Run a lesson's checks after every save, and show where it stands. Press ? there for its keys."""
    from autograder.terminal.watch import watch

    watch(find_course(), name, check_seconds)


@app.command(
    epilog=examples(
        ("autograder experiment lora", "all claims of a lesson"),
        ("autograder experiment lora/refinement --seeds 5", "one, with five seeds"),
    )
)
def experiment(
    target: Annotated[
        str,
        typer.Argument(
            metavar="LESSON[/NAME]",
            help="All claims of a lesson, or one: lora/NAME.",
            autocompletion=completing.experiments,
        ),
    ],
    submission: Annotated[
        Path | None,
        typer.Option(help="Whose code: a .py file, a folder like exercises/, or solutions (default: exercises/)."),
    ] = None,
    backbone: Annotated[str, typer.Option(help="tiny, smollm2, a folder or a hub name such as gpt2.")] = "tiny",
    seeds: Annotated[int, typer.Option(min=1, help="Run each with this many seeds; it must hold with all.")] = 1,
    out: Annotated[
        Path | None, typer.Option(help="Folder for pictures and JSON (default: results/LESSON/experiments).")
    ] = None,
    picture: Annotated[str, typer.Option(help="svg, png or none.")] = "svg",
) -> None:
    """Measure what a lesson claims: small trainings on the tiny model, each with a table, a verdict and a picture.

    Runs your own exercises. Where one isn't written yet and the solutions are in this repository, the claim is
    shown with the reference; with --submission exercises it stays to do. Exit 1 when a claim is not shown. A claim
    that takes many minutes is measured only when it is named.
    """
    from autograder import experiments

    if picture not in ("svg", "png", "none"):
        raise CourseError(f"There is no picture format {picture!r}; there are: svg, png, none.")
    course = find_course()
    lesson, chosen = experiments.choose(course, target)
    long = [item for item in chosen if item.about.minutes and "/" not in target]
    chosen = [item for item in chosen if item not in long]
    out = out or Path("results") / lesson.name / "experiments"  # reports lie beside it
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise CourseError(f"Nothing can be written to {out} ({error.strerror}): give another --out.") from None
    subjects = experiments.Subjects(course, lesson, submission)
    model = experiments.Backbone(backbone)
    outcomes, missing = [], set()
    for item in chosen:
        screen.console.print(
            f"\n{item.name}: {item.claim}", style="bold", soft_wrap=True, markup=False, highlight=False
        )
        with screen.tracker() as track:
            outcome = experiments.run(item, subjects, model, range(seeds), track)
        screen.show_outcome(outcome)
        outcomes.append(outcome)
        try:
            experiments.save(outcome, lesson, model, out, picture)
        except experiments.MissingPlotter as problem:
            missing.add(str(problem))
    for sentence in missing:
        screen.console.print(f"\n{sentence}", style="yellow", soft_wrap=True, markup=False)
    screen.experiments_summary(outcomes, seeds, out)
    for item in long:
        told = (
            f"Left out, as it takes about {item.about.minutes} minutes: autograder experiment {lesson.name}/{item.name}"
        )
        screen.console.print(told, soft_wrap=True, highlight=False)
    if not all(outcome.shown for outcome in outcomes):
        raise typer.Exit(1)


@app.command()
def doctor() -> None:
    """Say what this machine can do: Python and torch, the sandbox's tier and why, and what is missing.

    Grades a right and a wrong submission of a tiny course of its own, and holds the installed libraries against those
    that the engine asks for. Exit 1 when something of that fails.
    """
    from autograder.grading.trial import trial
    from autograder.sandbox import detect

    report = detect()
    table = Table("sandbox primitive", "here", "detail", title=f"tier: {report.tier}")
    for primitive in report.primitives:
        table.add_row(primitive.name, "yes" if primitive.available else "no", primitive.detail)
    screen.console.print(table)
    for tier, reason in report.missing.items():
        screen.console.print(f"tier {tier}: {reason}", soft_wrap=True)
    screen.console.print(f"Python {platform.python_version()}")
    for package in ("torch", "transformers", "peft", "pytest"):
        screen.console.print(f"{package} {_version(package) or 'missing: pip install -e .'}")
    for extra, modules, purpose in _EXTRAS:
        if any(importlib.util.find_spec(module) is None for module in modules):
            screen.console.print(
                f"not installed: {purpose} (pip install -e '.[{extra}]')", soft_wrap=True, markup=False
            )
    try:
        course = find_course()
        screen.console.print(f"course {course.root}: {', '.join(course.lessons)}", soft_wrap=True)
    except CourseError as problem:  # an engine that is installed alone has none
        screen.console.print(f"no course: {problem}", soft_wrap=True)
    problems = _unlike_asked()
    if not hasattr(os, "fork"):
        screen.console.print("Whatever a student uses works here; nothing can be graded.", soft_wrap=True)
    elif not any("not installed" in problem for problem in problems):
        failed = trial("none" if report.tier == "none" else None)
        problems += [failed] if failed else []
        if not failed:
            screen.console.print("A right submission was graded right, and a wrong one wrong.")
    if problems:
        raise typer.Exit(max(map(screen.failed, problems)))


def _unlike_asked() -> list[str]:
    """A sentence for each library that the engine asks for and that is missing, or of a version not asked for."""
    try:
        from packaging.requirements import Requirement
    except ImportError:  # it comes with pytest
        return ["pytest is not installed: pip install -e ."]
    asked = importlib.metadata.requires("autograder") if _version("autograder") else None
    if asked is None:
        return ["The engine itself is not installed: pip install -e ."]
    problems = []
    for requirement in map(Requirement, asked):
        version = _version(requirement.name)
        if requirement.marker is not None and not requirement.marker.evaluate({"extra": ""}):
            continue  # of an extra
        if version is None:
            problems.append(f"{requirement.name} is not installed: pip install -e .")
        elif not requirement.specifier.contains(version, prereleases=True):
            problems.append(
                f"{requirement.name} is {version} here, and the checks are tested with {requirement.specifier}: "
                "pip install -e . again, or figures may differ."
            )
    return problems


def _version(package: str) -> str | None:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return None
