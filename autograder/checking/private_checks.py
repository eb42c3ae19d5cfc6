"""An instructor's own checks are read once before anything is written, in a process that ends with that."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from autograder.checking.collecting import collect_checks
from autograder.common.errors import CourseError
from autograder.common.lessons import Course, Lesson, load_course


def verify(course: Course, lesson: Lesson, private: Path) -> None:
    """Raises CourseError, with file and line, where the checks in `private` can't be collected with the course's."""
    arguments = [str(course.root), lesson.name, str(private)]
    # Not -m: it imports from the working directory first.
    start = [sys.executable, "-c", f"import {__name__} as here; here.main()", *arguments]
    done = subprocess.run(start, capture_output=True, text=True)
    if done.returncode:
        raise CourseError(done.stdout.strip() or f"The checks in {private} end the process that reads them.")


def main() -> None:
    root, lesson, private = sys.argv[1:]
    course = load_course(Path(root))
    try:
        collect_checks(course, course.lesson(lesson), Path(private))
    except CourseError as problem:
        print(problem)
        raise SystemExit(1) from None
