"""The command that builds the course as a site."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from autograder.cli import screen
from autograder.cli.app import CORES, CourseFolder, Tier, Workers, app
from autograder.common.lessons import Course, Lesson

if TYPE_CHECKING:
    from autograder.authoring.gallery import Told


@app.command()
def site(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A new folder, or one that holds a site.")],
    lessons: Annotated[str, typer.Option(help="Which, by comma (default: all).")] = "",
    gallery: Annotated[
        bool, typer.Option("--gallery/--no-gallery", help="Make every mistake that the lessons know: takes minutes.")
    ] = True,
    hidden_sentences: Annotated[
        bool,
        typer.Option("--hidden-sentences", help="With mistakes that only hidden checks find. For instructors' eyes."),
    ] = False,
    workers: Workers = CORES,
    tier: Tier = None,
    course_folder: CourseFolder = None,
) -> None:
    """Build the course as a site: open DIR/index.html, or put DIR on any web server.

    It is made of the lessons' own pages, with their exercises, hints and measured claims, and a gallery: what a student
    reads of each mistake that the lessons know, made by making it. It shows no solution and no hidden check, and needs
    neither a server nor a network.
    """
    from autograder.release.site import build_site

    course = screen.course(course_folder)
    chosen = screen.lessons(course, lessons)
    mistakes = _galleries(course, chosen, hidden_sentences, workers, tier) if gallery else {}
    files = build_site(course, chosen, folder, mistakes)
    screen.console.print(f"{len(files)} files are in {folder}: open {folder / 'index.html'}.", soft_wrap=True)


def files_for_students(course: Course, lessons: Sequence[Lesson]) -> dict[str, bytes]:
    """The site of these lessons with their galleries, without anything that hidden checks say."""
    from autograder.release.site import site_files

    return site_files(course, lessons, _galleries(course, lessons, hidden=False, workers=CORES, tier=None))


def _galleries(
    course: Course, lessons: Sequence[Lesson], hidden: bool, workers: int, tier: str | None
) -> dict[str, list[Told]]:
    from autograder.authoring.gallery import gallery, known_mistakes
    from autograder.grading.pool import grade_many
    from autograder.sandbox import Zygote

    found = {}
    with Zygote.start(tier, clients=screen.workers(workers)) as zygote:
        grade = partial(grade_many, clients=zygote.clients)
        for lesson in lessons:
            with screen.progress_bar(f"mistakes of {lesson.name}", len(known_mistakes(course, lesson))) as advance:
                found[lesson.name] = gallery(course, lesson, grade, zygote.tier, hidden=hidden, on_mistake=advance)
    return found
