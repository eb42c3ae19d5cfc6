"""What `autograde.sh` of the bundle runs: it grades one submission by the public checks and writes result.json."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from autograder.common.errors import CourseError, SandboxError
from autograder.common.files import write_whole
from autograder.common.lessons import named_course
from autograder.grading.grade import Settings, grade
from autograder.grading.seeds import new_seed
from autograder.systems._uploads import the_submission
from autograder.systems.classroom50.result import result_json


def main(arguments: list[str]) -> int:
    """`python -m autograder.systems.classroom50.runner LESSON SUBMISSION RESULT`: 0 unless the machine is at fault."""
    if len(arguments) != 3:
        print("autograder: give LESSON SUBMISSION RESULT.", file=sys.stderr)
        return 2
    lesson_name, folder, target = arguments
    try:
        course = named_course(None)
        lesson = course.lesson(lesson_name)
        with tempfile.TemporaryDirectory() as out:
            found = the_submission(Path(folder), lesson.name, lesson.uses)
            outcome = grade(course, lesson, [found], Path(out), Settings(seed=new_seed()))
            write_whole(Path(target), result_json(outcome.reports[0]))
    except (CourseError, SandboxError, OSError, IndexError) as error:
        print(f"autograder: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
