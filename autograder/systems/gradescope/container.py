"""What runs in Gradescope's container: `run_autograder` starts this module, `archive` makes the archive that holds it.

It grades the one submission in a sandbox as tight as the container allows, so that a student's code never runs beside
the checks.
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from autograder.common.errors import CourseError, SandboxError
from autograder.common.files import write_whole
from autograder.common.lessons import load_course
from autograder.grading.grade import Settings, grade
from autograder.grading.policy import Policy
from autograder.systems._uploads import the_submission
from autograder.systems.gradescope.results import results


def main(root: Path) -> int:
    """Grade `root/submission` into `root/results/results.json`. 1 when the machine, not the student, is at fault."""
    try:
        settings = json.loads((root / "source" / "settings.json").read_text(encoding="utf-8"))
        if not {"lesson", "seed"} <= settings.keys():
            raise ValueError("settings.json names no lesson and seed; export the archive again")
        found = grade_container(root, settings, _metadata(root / "submission_metadata.json"))
    except (CourseError, SandboxError, OSError, ValueError) as error:
        print(f"autograder: {error}", file=sys.stderr)
        return 1
    (root / "results").mkdir(exist_ok=True)
    write_whole(root / "results" / "results.json", json.dumps(found, indent=2, ensure_ascii=False) + "\n")
    return 0


def grade_container(root: Path, settings: Mapping[str, Any], metadata: Mapping[str, Any]) -> dict[str, Any]:
    """What goes into results.json."""
    policy = Policy.from_dict(settings.get("policy", {}))
    if (stands := policy.used_up(metadata)) is not None:
        return {"score": stands[0], "output": stands[1], "stdout_visibility": "hidden", "tests": []}
    course = load_course((root / "source").resolve())
    lesson = course.lesson(settings["lesson"])
    private = root / "source" / "private"
    chosen = Settings(seed=str(settings["seed"]), private=private if private.is_dir() else None)
    with tempfile.TemporaryDirectory() as out:
        submission = the_submission(root / "submission", lesson.name, lesson.uses)
        outcome = grade(course, lesson, [submission], Path(out), chosen)
        if outcome.lost:
            raise ValueError("the grader itself was ended twice by this submission; grade it by hand")
        return results(outcome.reports[0], policy, metadata, left_out=len(outcome.left_out))


def _metadata(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
