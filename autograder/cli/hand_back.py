"""`autograder hand-back`: grades and pages as the system that they came from imports them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from autograder.cli import screen
from autograder.cli.app import CourseFolder, app
from autograder.common.errors import CourseError


@app.command(name="hand-back")
def hand_back(
    system: Annotated[str, typer.Argument(metavar="SYSTEM", help="canvas, moodle or blackboard.")],
    out: Annotated[Path, typer.Argument(metavar="OUT", help="The folder of results that grade wrote to.")],
    to: Annotated[Path, typer.Option("--to", metavar="DIR", help="Folder for the files to upload.")],
    template: Annotated[
        Path | None, typer.Option(metavar="FILE", help="The gradebook or worksheet, as the system exported it.")
    ] = None,
    lesson: Annotated[str, typer.Option(help="Which, by comma (default: all that OUT has).")] = "",
    column: Annotated[
        list[str] | None,
        typer.Option(metavar="LESSON=NAME", help="The column of a lesson, where it is called otherwise."),
    ] = None,
    scale: Annotated[bool, typer.Option("--scale", help="Scale points to what the assignment is worth there.")] = False,
    course_folder: CourseFolder = None,
) -> None:
    """Write what Canvas, Moodle or Blackboard imports: what counts of each report, and a page for each student.

    With --template, only the lesson's column and its feedback are filled in, in the rows of those who have a report.
    A row is somebody's by the system's own number, login or e-mail, or by the name; where that fits two or nobody,
    nothing is written, and the student is named: exit 1. The rest is written.
    """
    import importlib

    from autograder import systems
    from autograder.common.files import write_whole
    from autograder.common.spreadsheets import read_sheet
    from autograder.grading.files import student_page
    from autograder.grading.results import lessons_in
    from autograder.systems._hand_back import Graded, HandedBack, Wishes

    if system not in systems.taking_back():
        raise CourseError(f"Nothing is handed back to {system!r}; there are: {', '.join(systems.taking_back())}.")
    course = screen.course(course_folder)
    wanted = [name.strip() for name in lesson.split(",") if name.strip()]
    found = {results.lesson: results for results in lessons_in(out)}
    for name in wanted:
        if name not in found:
            raise CourseError(f"There are no reports of {name} in {out}; there are of: {', '.join(found) or 'none'}.")
    left: list[str] = []
    lessons = []
    for name in wanted or found:
        reports, unread = found[name].all()
        left += unread
        known = course.lesson(name)
        pages = [(report, student_page(report, known)) for report in reports]
        lessons += [Graded(name, known.title, pages)] if pages else []
    if not lessons:
        raise CourseError(f"There are no reports in {out}: give the folder that grade wrote to, its --out.")
    columns = dict(_column(text, [graded.lesson for graded in lessons]) for text in column or ())
    sheet = read_sheet(template) if template is not None else None
    module = importlib.import_module(f"autograder.systems.{system}.hand_back")
    back: HandedBack = module.hand_back(lessons, sheet, Wishes(columns, scale))
    if template is not None and any((to / name).resolve() == template.resolve() for name in back.files):
        raise CourseError(f"{template} would be written over: give another --to.")
    to.mkdir(parents=True, exist_ok=True)
    for name, raw in back.files.items():
        write_whole(to / name, raw)
    count = sum(len(graded.reports) for graded in lessons)
    screen.console.print(f"{count - len(back.left)} of {count} grades are in {to}. Upload:", soft_wrap=True)
    for line in back.next:
        screen.console.print(f"  {line}", soft_wrap=True, highlight=False)
    left += [f"Not handed back: {one}" for one in back.left]
    if left:
        raise typer.Exit(max(map(screen.failed, left)))


def _column(text: str, lessons: list[str]) -> tuple[str, str]:
    lesson, divided, name = text.partition("=")
    if not divided or lesson not in lessons:
        raise CourseError(f"--column {text} is not LESSON=NAME of one of: {', '.join(lessons)}.")
    return lesson, name
