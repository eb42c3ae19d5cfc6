"""The command that makes a page about a class."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from autograder.cli import screen
from autograder.cli.app import CourseFolder, app


@app.command()
def report(
    results: Annotated[Path, typer.Argument(metavar="OUT", help="The folder of results that grade wrote to.")],
    lesson: Annotated[str | None, typer.Option(help="Only this lesson (default: all that OUT holds).")] = None,
    out: Annotated[
        Path | None, typer.Option(metavar="FILE_OR_DIR", help="The page to write (default: OUT/report.html).")
    ] = None,
    anonymous: Annotated[
        bool, typer.Option("--anonymous", help="Numbers that are drawn anew instead of names; no students' pages.")
    ] = False,
    similarity: Annotated[
        Path | None, typer.Option(help="The table of autograder similarity (default: OUT/LESSON/similarity.csv).")
    ] = None,
    lesson_url: Annotated[
        str, typer.Option(help="Where students' links lead: the web address of their folder exercises.")
    ] = "",
    course_folder: CourseFolder = None,
) -> None:
    """Make a page about the class from the reports in OUT, and an HTML page for each student. Grades nothing.

    The class's page is for instructors: scores, what became of each exercise and check and how well it tells students
    apart, the mistakes of this class by name and who has them, time-outs, broken submissions, similar pairs, and what
    changed since a submission was last graded. It names hidden checks. OUT/LESSON/<submission>.html is for the student
    and says what <submission>.md says. Each page is one file that needs no network. grade doesn't renew them: give this
    command again after it.

    With --anonymous the page has no name, no link to a student and no text that a submission chose; who has a score of
    their own can still be told by it.

    A report that is damaged, or of a newer engine, is named here and on the page: exit 1 then.
    """
    from autograder.grading.class_report.build import build

    course = screen.course(course_folder)
    built = build(
        course, results, page=out, only=lesson, table=similarity, anonymous=anonymous, lesson_url=lesson_url
    )  # fmt: skip
    beside = f" {built.students} students' pages lie beside their reports." if built.students else ""
    screen.console.print(f"The report is {built.page}.{beside}", soft_wrap=True, highlight=False)
    if built.problems:
        raise typer.Exit(max(map(screen.failed, built.problems)))
