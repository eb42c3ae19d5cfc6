"""From a folder of results to the page of the class, and the students' pages beside their reports."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, urlsplit

from autograder.common.errors import CourseError
from autograder.common.files import write_whole
from autograder.common.lessons import Course
from autograder.grading.class_report.charts import need_matplotlib
from autograder.grading.class_report.class_html import class_html
from autograder.grading.class_report.reading import Found, read
from autograder.grading.class_report.student_html import student_html


@dataclass(frozen=True)
class Built:
    """Where the class's page is, how many students' pages there are beside reports, and what can't be read."""

    page: Path
    students: int
    problems: list[str]


def build(
    course: Course,
    out: Path,
    *,
    page: Path | None = None,
    only: str | None = None,
    table: Path | None = None,
    anonymous: bool = False,
    lesson_url: str = "",
) -> Built:
    """Write the pages of the results in `out`; `page` is a file, or a folder for it.

    Raises CourseError where there are no reports, the address is none of the web, or a grader is at work.
    """
    if lesson_url and (urlsplit(lesson_url).scheme not in ("http", "https") or not urlsplit(lesson_url).netloc):
        raise CourseError(f"{lesson_url!r} is no web address: --lesson-url takes https://… of the folder exercises.")
    need_matplotlib()
    found = read(course, out, only, table)
    place = _place(out, page, anonymous)
    written = 0 if anonymous else _students_pages(found, lesson_url)

    def address(path: Path) -> str:
        return quote(Path(os.path.relpath(path, place.parent)).as_posix())

    place.parent.mkdir(parents=True, exist_ok=True)
    write_whole(place, class_html(found, None if anonymous else address))
    return Built(place, written, [problem for one in found for problem in one.problems])


def _place(out: Path, page: Path | None, anonymous: bool) -> Path:
    name = "report-anonymous.html" if anonymous else "report.html"  # the one must not take the other's place
    if page is None:
        return out / name
    return page if page.suffix in (".html", ".htm") and not page.is_dir() else page / name


def _students_pages(found: Sequence[Found], lesson_url: str) -> int:
    """Write the students' pages beside their reports; gives how many."""
    for one in found:
        with one.results.claimed((), ()):
            for report in one.reports:
                path = one.results.folder / f"{report.submission}.html"
                write_whole(path, student_html(report, one.lesson, lesson_url))
    return sum(len(one.reports) for one in found)
