"""The files that `grade --format` adds, by the name that an instructor types."""

from __future__ import annotations

from autograder.common.errors import CourseError
from autograder.grading.files import CSV, EXERCISES, JUNIT, ClassFile, ReportFile, Writer
from autograder.systems import nbgrader
from autograder.systems.classroom50.result import result_json
from autograder.systems.gradescope.results import results_json

FORMATS: dict[str, Writer] = {
    "csv": CSV,
    "junit": JUNIT,
    "nbgrader": ClassFile("nbgrader.csv", nbgrader.grades_csv),
    "gradescope": ReportFile(".gradescope.json", results_json),
    "classroom50": ReportFile(".classroom50.json", result_json),
}


def writers(names: str) -> tuple[Writer, ...]:
    """What writes the formats of a list by comma, the class's tables always among them. Raises CourseError."""
    wanted = dict.fromkeys(["csv", *(name.strip() for name in names.split(",") if name.strip())])
    for name in wanted:
        if name not in FORMATS:
            raise CourseError(f"There is no format {name!r}; there are: {', '.join(FORMATS)}.")
    return (*(FORMATS[name] for name in wanted), EXERCISES)
