"""The commands for who writes lessons."""

from __future__ import annotations

from typing import Annotated

import typer

from autograder.cli import screen
from autograder.cli.app import CORES, Seed, Tier, Workers, app
from autograder.common.errors import CourseError
from autograder.common.lessons import find_course


@app.command()
def audit(
    lesson: Annotated[str | None, typer.Argument(help="One lesson (default: all).")] = None,
    workers: Workers = CORES,
    seed: Seed = "0",
    tier: Tier = None,
) -> None:
    """Prove the checks: every misconception dies with its own sentence, everything right passes.

    The reference must earn full marks, every exercise of the stub be to do, every misconception fail a
    check of its exercise that says its sentence, and every alternative earn full marks. Exit 1 on any gap.
    """
    from autograder.authoring.audit import audit as audit_lesson
    from autograder.authoring.audit import cases

    course = find_course()
    gaps = 0
    for chosen in [course.lesson(lesson)] if lesson else course.lessons.values():
        if not course.reference(chosen.name).exists():
            raise CourseError(f"There is no solutions/{chosen.name}/ here: audit needs the instructor's repository.")
        with screen.progress_bar(f"auditing {chosen.name}", len(cases(course, chosen))) as advance:
            findings = audit_lesson(course, chosen, workers=workers, seed=seed, tier=tier, on_finding=advance)
        gaps += screen.audit_table(chosen, findings)
    if gaps:
        raise typer.Exit(1)


@app.command()
def stubs(check: Annotated[bool, typer.Option("--check", help="Only say which differ, exit 1.")] = False) -> None:
    """Make each lesson's stub from its reference, so that the two can't drift."""
    from autograder.common.stubs import drifted_stubs, write_stubs

    course = find_course()
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
def overview(check: Annotated[bool, typer.Option("--check", help="Only say if it is stale, exit 1.")] = False) -> None:
    """Make exercises/README.md, the page of all lessons, from each lesson.toml."""
    from autograder.common.files import write_whole
    from autograder.common.overview import PAGE, overview_page

    course = find_course()
    path, page = course.root / PAGE, overview_page(list(course.lessons.values()))
    if path.exists() and path.read_text(encoding="utf-8") == page:
        return
    if check:
        raise typer.Exit(screen.failed(f"{PAGE} is not what the lessons' data give: run autograder overview."))
    write_whole(path, page)
    screen.console.print(f"wrote {path}", soft_wrap=True)
