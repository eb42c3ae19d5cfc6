"""The commands for who writes lessons."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from autograder.cli import screen
from autograder.cli.app import CORES, CourseFolder, PublicSeed, Tier, Workers, app
from autograder.common.errors import CourseError
from autograder.common.lessons import Course, Lesson


@app.command()
def audit(
    lesson: Annotated[str | None, typer.Argument(help="One lesson (default: all).")] = None,
    workers: Workers = CORES,
    seed: PublicSeed = "0",
    tier: Tier = None,
    course_folder: CourseFolder = None,
) -> None:
    """Prove the checks: every misconception dies with its own sentence, everything right passes.

    The reference must earn full marks, every exercise of the stub be to do, every misconception fail a
    check of its exercise that says its sentence, and every alternative earn full marks. Exit 1 on any gap.
    """
    from autograder.authoring.audit import audit as audit_lesson
    from autograder.authoring.audit import cases

    course = screen.course(course_folder)
    gaps, workers = 0, screen.workers(workers)
    for chosen in [course.lesson(lesson)] if lesson else course.lessons.values():
        if not course.reference(chosen.name).exists():
            raise CourseError(f"There is no solutions/{chosen.name}/ here: audit needs the instructor's repository.")
        with screen.progress_bar(f"auditing {chosen.name}", len(cases(course, chosen))) as advance:
            findings = audit_lesson(course, chosen, workers=workers, seed=seed, tier=tier, on_finding=advance)
        gaps += screen.audit_table(chosen, findings)
    if gaps:
        raise typer.Exit(1)


@app.command()
def mutate(
    target: Annotated[str, typer.Argument(metavar="LESSON[/EXERCISE]", help="All exercises of a lesson, or one.")],
    workers: Workers = CORES,
    seed: Annotated[str | None, typer.Option(help="Draws the sample and the inputs (default: the list's).")] = None,
    count: Annotated[int | None, typer.Option("--max", min=1, help="Try so many, drawn by the seed.")] = None,
    tier: Tier = None,
    course_folder: CourseFolder = None,
) -> None:
    """Prove the checks against a machine: change the reference mechanically, and see that a check fails.

    Each change runs against the checks of its exercise and of those that build on it, up to the first that is not
    passed. What lives is a gap, or right all the same and listed with its reason in tests/mutants/LESSON.toml.
    Exit 1 when a change lives that is not listed.
    """
    from autograder.authoring.mutate import listed
    from autograder.authoring.mutate import mutate as mutate_lesson

    course, lesson, exercise = _target("mutate", target, course_folder)
    seed, workers = seed or listed(course, lesson).seed, screen.workers(workers)
    with screen.progress_bar(f"changing {lesson.name}", count) as advance:
        fates = mutate_lesson(
            course, lesson, exercise, seed=seed, count=count, workers=workers, tier=tier, on_fate=advance
        )
    if screen.mutants_table(lesson, fates):
        raise typer.Exit(1)


@app.command()
def contract(
    target: Annotated[str, typer.Argument(metavar="LESSON[/EXERCISE]", help="All exercises of a lesson, or one.")],
    add: Annotated[bool, typer.Option("--add", help="Append an entry to be filled in for each gap.")] = False,
    course_folder: CourseFolder = None,
) -> None:
    """Prove the docstrings: each sentence stands in tests/contracts/LESSON.toml, with what dies when it is broken.

    That is a misconception or a mutant, or the reason why nothing is graded there. A sentence that was changed has no
    entry any more. Exit 1 when one has none, or has one that keeps nothing.
    """
    from autograder.authoring.contract import add_missing, contract_path
    from autograder.authoring.contract import contract as contract_of

    course, lesson, exercise = _target("contract", target, course_folder)
    found = contract_of(course, lesson, exercise)
    if add and found.missing:
        path = contract_path(course, lesson)
        add_missing(path, found.missing)
        screen.console.print(f"{len(found.missing)} entries to be filled in at the end of {path}", soft_wrap=True)
    if screen.contract_table(lesson, found):
        raise typer.Exit(1)


def _target(command: str, target: str, course_folder: Path | None) -> tuple[Course, Lesson, str | None]:
    """The lesson, and perhaps the exercise, of LESSON[/EXERCISE]; there must be a reference."""
    course = screen.course(course_folder)
    lesson_name, _, exercise = target.partition("/")
    lesson = course.lesson(lesson_name)
    if exercise and exercise not in lesson.exercises:
        raise CourseError(
            f"There is no exercise {exercise!r} in {lesson_name}; there are: {', '.join(lesson.exercises)}."
        )
    if not course.reference(lesson.name).exists():
        raise CourseError(f"There is no solutions/{lesson.name}/ here: {command} needs the instructor's repository.")
    return course, lesson, exercise or None


@app.command(name="new")
def new_lesson(
    lesson: Annotated[str, typer.Argument(metavar="LESSON", help="Its name, such as text_sampling.")],
    title: Annotated[str, typer.Option(help="Its title (default: made of the name).")] = "",
    module: Annotated[str | None, typer.Option(help="The part of the course (default: the last lesson's).")] = None,
    order: Annotated[int | None, typer.Option(help="Its place in that part (default: the last).")] = None,
    course_folder: CourseFolder = None,
) -> None:
    """Make a lesson to start from: small, whole, and clean in audit.

    Two exercises with public and hidden checks and hints, two misconceptions, an alternative, contract, mutants, a page
    and a claim. Replace them one at a time; autograder/authoring/README.md says what each file holds. A name that is
    taken or can't be one: exit 2, and nothing is written.
    """
    from autograder.authoring.new import new_lesson as write_lesson

    course = screen.course(course_folder)
    for path in write_lesson(course, lesson, title, module, order):
        screen.console.print(f"wrote {path}", soft_wrap=True)
    where, here = (f", in {course_folder}", " --course .") if course_folder else ("", "")
    screen.console.print(
        f"Now{where}: pytest exercises/{lesson} --submission solutions, and autograder audit {lesson}{here}. "
        f"The figures of its claim are still to be measured: python tests/lessons/test_claims.py {lesson} does it, and "
        "keeps them.",
        soft_wrap=True,
    )


@app.command()
def stubs(
    check: Annotated[bool, typer.Option("--check", help="Only say which differ, exit 1.")] = False,
    course_folder: CourseFolder = None,
) -> None:
    """Make each lesson's stub from its reference, so that the two can't drift."""
    from autograder.common.stubs import drifted_stubs, write_stubs

    course = screen.course(course_folder)
    if not check:
        for path in write_stubs(course):
            screen.console.print(f"wrote {path}", soft_wrap=True)
        return
    drifted = drifted_stubs(course)
    for path in drifted:
        screen.console.print(f"{path} is not what its reference gives: run autograder stubs", soft_wrap=True)
    if drifted:
        raise typer.Exit(1)


@app.command()
def overview(
    check: Annotated[bool, typer.Option("--check", help="Only say if it is stale, exit 1.")] = False,
    course_folder: CourseFolder = None,
) -> None:
    """Make exercises/README.md, the page of all lessons, and the map on it from each lesson.toml."""
    from autograder.common.files import write_whole
    from autograder.common.overview import overview_files

    course = screen.course(course_folder)
    for name, text in overview_files(list(course.lessons.values())).items():
        path = course.root / name
        if path.exists() and path.read_text(encoding="utf-8") == text:
            continue
        if check:
            raise typer.Exit(screen.failed(f"{name} is not what the lessons' data give: run autograder overview."))
        write_whole(path, text)
        screen.console.print(f"wrote {path}", soft_wrap=True)
