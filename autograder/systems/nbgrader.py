"""A course folder for nbgrader: the lesson's notebook as an assignment, and a configuration that fits it.

Each graded exercise is a solution cell and a grade cell of its points. The grade cell asks for the exercise's score:
where a student runs it by the public checks, which lie beside it; where nbgrader grades by all of them, read from the
instructor's repository. It is the same text in both places, as nbgrader warns of each locked cell that isn't, so there
is no hidden-test region. No hidden check is in the folder, and what grading does not need, such as a training, is not
run again. A prediction is a cell to be marked by hand, of no points until an instructor gives it some. nbgrader runs a
student's code in the process that grades it, so a score can be forged there; `autograder grade` on the same
`submitted/` folder can't be.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from autograder.checking.class_of import HandIn, Layout, Reading
from autograder.checking.report import Report
from autograder.checking.submission import SUFFIXES, Who
from autograder.checking.tree import Tree, is_work, passed_over
from autograder.checking.zips import Unreadable
from autograder.common.errors import CourseError
from autograder.common.lessons import Course, Lesson
from autograder.common.stubs import BEGIN
from autograder.notebooks.build import metadata_of, to_ipynb
from autograder.notebooks.live import GRADING, grading_file
from autograder.notebooks.source import Cell, read_source
from autograder.release.student_repository import lesson_files
from autograder.systems import Settings, seed_that_students_can_read
from autograder.systems._layout import is_most, utc, work_in

TABLE = (
    "assignment", "duedate", "timestamp", "student_id", "last_name", "first_name", "email",
    "raw_score", "late_submission_penalty", "score", "max_score",
)  # fmt: skip
SKIP = "skip-execution"  # nbclient leaves such a cell alone: the trainings and plots of 30 students take an hour
_PREDICTION = "prediction-"  # how the ids of these cells begin
_CONFIG = '''\
"""nbgrader's settings for this course. Run nbgrader in this folder, in the environment that has `autograder`."""

from autograder.systems.nbgrader import clear_solutions

c = get_config()  # noqa: F821  nbgrader defines it
c.CourseDirectory.course_id = "language-models"
c.GenerateAssignment.preprocessors = clear_solutions()
c.ExecutePreprocessor.timeout = 600
c.Execute.timeout = 600
'''


def export(course: Course, lesson: Lesson, folder: Path, settings: Settings) -> list[str]:
    """Write `source/<lesson>/<lesson>.ipynb`, `nbgrader_config.py`, and where the checks and the seed are."""
    if settings.private is not None:
        raise CourseError("nbgrader runs the repository's own hidden checks: leave --checks to autograder grade.")
    seed = seed_that_students_can_read("nbgrader", course, lessons_of(course, lesson, settings.beside), settings)
    text = assignment(course, lesson, settings.beside)
    place = folder / "source" / lesson.name
    place.mkdir(parents=True)
    (place / f"{lesson.name}.ipynb").write_text(text, encoding="utf-8")
    for other in course.with_uses(
        lessons_of(course, lesson, settings.beside)
    ):  # so that `check` works wherever students get the assignment
        for path in lesson_files(other):
            if path.suffix in (".py", ".toml"):
                beside = place / "exercises" / other.name / path.relative_to(other.folder)
                beside.parent.mkdir(parents=True, exist_ok=True)
                beside.write_bytes(path.read_bytes())
    (folder / "nbgrader_config.py").write_text(_CONFIG, encoding="utf-8")
    (folder / GRADING).write_text(grading_file(str(course.root), seed), encoding="utf-8")
    return [
        f"cd {folder}",
        f"nbgrader generate_assignment {lesson.name}    # release/{lesson.name} is for students",
        f"nbgrader autograde {lesson.name}              # of submitted/<student>/{lesson.name}/{lesson.name}.ipynb",
        f"nbgrader generate_feedback {lesson.name} && nbgrader export",
    ]


def lessons_of(course: Course, lesson: Lesson, beside: Sequence[Lesson] = ()) -> list[Lesson]:
    """The lessons whose exercises the notebook holds."""
    names = {cell.exercise[0] for cell in read_source(course, lesson, [lesson, *beside]) if cell.exercise is not None}
    return [one for one in course.lessons.values() if one.name in names]


def assignment(course: Course, lesson: Lesson, beside: Sequence[Lesson] = ()) -> str:
    """The instructor's version of the assignment, with nbgrader's metadata and markers."""
    cells: list[dict[str, Any]] = []
    for number, cell in enumerate(read_source(course, lesson, [lesson, *beside]), start=1):
        if cell.role != "instructor":
            cells += _cell(course, cell, number)
    return to_ipynb(cells)


def _cell(course: Course, cell: Cell, number: int) -> list[dict[str, Any]]:
    source = "*My prediction:*" if cell.role == "answer" else cell.source
    if cell.exercise is None:
        if cell.role in ("setup", "tables"):
            name = cell.role if cell.role == "setup" else f"{cell.role}-{number}"
            return [_made(cell, source, _metadata(name, locked=True))]
        if cell.role == "answer":
            return [_made(cell, source, _metadata(f"{_PREDICTION}{number}", grade=True, solution=True))]
        if BEGIN in source:
            return [_made(cell, source, _metadata(f"work-{number}", solution=True))]
        return [_made(cell, source, None)]
    owner, name = cell.exercise
    if cell.role == "exercise":
        return [_made(cell, source, _metadata(f"{owner}-{name}-answer", solution=True))]
    points = course.lesson(owner).exercises[name].points
    if not points:
        return [_made(cell, source, _metadata(f"{owner}-{name}", locked=True))]
    graded = _metadata(f"{owner}-{name}", grade=True, locked=True, points=points)
    return [_made(cell, _grade_source(owner, name), graded)]


def _grade_source(owner: str, name: str) -> str:
    """Its value is the points, which nbgrader takes as the score."""
    return f'from autograder.notebooks.live import score\n\nscore("{owner}/{name}")'


def _metadata(
    grade_id: str, *, grade: bool = False, solution: bool = False, locked: bool = False, points: int = 0
) -> dict[str, Any]:
    """nbgrader's own keys, version 3 of its schema, and no others."""
    found: dict[str, Any] = {
        "schema_version": 3,
        "grade_id": grade_id,
        "grade": grade,
        "solution": solution,
        "locked": locked,
        "task": False,
    }
    return found | ({"points": points} if grade else {})


def _made(cell: Cell, source: str, nbgrader: dict[str, Any] | None) -> dict[str, Any]:
    made: dict[str, Any] = {"cell_type": cell.kind, "metadata": metadata_of(cell), "source": source}
    if nbgrader is not None:
        made["metadata"]["nbgrader"] = nbgrader
        made["id"] = nbgrader["grade_id"][:64]
    elif cell.kind == "code":
        made["metadata"] = {"tags": [SKIP]}
    return made | ({"execution_count": None, "outputs": []} if cell.kind == "code" else {})


def clear_solutions() -> list[type]:
    """nbgrader's own steps of generate_assignment, with the course's stubs in place of nbgrader's."""
    from nbgrader.converters import GenerateAssignment
    from nbgrader.preprocessors import ClearSolutions

    from autograder.common.stubs import make_stub

    class CourseStubs(ClearSolutions):  # type: ignore[misc]  # nbgrader has no types
        """A solution at the top level of a cell, such as a helper, leaves nothing; one in a body says whose it is."""

        def _replace_solution_region(self, cell: Any, language: str) -> bool:
            if cell.metadata.get("nbgrader", {}).get("grade_id", "").startswith(_PREDICTION):
                return True  # it holds what students begin with
            if cell.cell_type != "code" or BEGIN not in cell.source:
                replaced: bool = super()._replace_solution_region(cell, language)
                return replaced
            cell.source = make_stub(cell.source).strip("\n")
            return True

    steps = GenerateAssignment.preprocessors.default_args[0]
    return [CourseStubs if step is ClearSolutions else step for step in steps]


def grades_csv(reports: Sequence[Report]) -> str:
    """The table that `nbgrader export` writes, with the lesson as the assignment. `score` is what counts."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(TABLE)
    rows: list[list[str | float]] = []
    for report in reports:
        about = (report.lesson, "", "", report.submission, "", "", "")
        late = -sum(one.points for one in report.adjustments if one.kind == "late")
        rows.append([*about, report.score, late or 0.0, report.final, report.max_score])
    rows.sort(key=lambda row: str(row[3]))
    writer.writerows(rows)
    return text.getvalue()


# --- what was collected: a course folder, or its `submitted/` ---------------------------------------------------------
# submitted/<student>/<assignment>/ holds the files, and `timestamp.txt`, which nbgrader.exchange.default.submit writes
# as "2026-11-01 12:00:00.000000 UTC" (`Exchange.timestamp_format`).

_STAMP, _COURSE = "timestamp.txt", {"source", "release", "gradebook.db", "nbgrader_config.py", "autograded", "feedback"}


def read(top: Tree, lesson: str) -> Reading | None:
    children = top.children()
    submitted = children.get("submitted")
    in_course = submitted is not None and not _COURSE.isdisjoint(children)
    held = submitted if in_course and submitted is not None else top
    if not in_course:
        stamped = {path.split("/")[0] for path in held.files if re.fullmatch(rf"[^/]+/[^/]+/{_STAMP}", path)}
        others = {path.split("/")[0] for path in work_in(held)} - stamped
        if not stamped or not is_most([*stamped], [*others]):
            return None
    place = "submitted/" if in_course else ""
    hand_ins = []
    for name, child in held.children().items():
        if child is not None and not name.startswith((".", "__")):
            when = _handed_in(child, lesson)
            hand_ins.append(HandIn(Who(name, name, login=name), name, child, place + name, when))
    kinds = passed_over(path for path in held.files if not path.endswith(f"/{_STAMP}"))
    return Reading(hand_ins, kinds, unplaced=[name for name in held.files if "/" not in name and is_work(name)])


def _handed_in(student: Tree, lesson: str) -> str | None:
    """When: of several assignments, that of the lesson's name, or in which its file lies."""
    stamps = [path for path in student.files if re.fullmatch(rf"[^/]+/{_STAMP}", path)]
    own = [stamp for stamp in stamps if stamp.startswith(f"{lesson}/") or _holds(student, stamp.split("/")[0], lesson)]
    for stamp in own if len(stamps) > 1 else stamps:
        try:
            text = student.text(stamp, 1000).strip().removesuffix("UTC").strip()
            return utc(datetime.fromisoformat(text).replace(tzinfo=UTC))
        except (Unreadable, ValueError):
            continue
    return None


def _holds(student: Tree, assignment: str, lesson: str) -> bool:
    return any(f"{assignment}/{lesson}{suffix}" in student.files for suffix in SUFFIXES)


LAYOUT = Layout("nbgrader", "nbgrader's course folder", read)
