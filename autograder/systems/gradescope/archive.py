"""An autograder archive for Gradescope that is ours: it grades in a sandbox, as `autograder grade` does.

The archive holds the hidden checks, which Gradescope shows to instructors only; the sandbox keeps a submission from
reading them, and the reference: a check that it fails on a submission's inputs is left out there.
"""

from __future__ import annotations

import json
from pathlib import Path

from autograder.common.lessons import Course, Lesson
from autograder.grading.seeds import new_seed
from autograder.systems import Settings
from autograder.systems._bundle import bundle, write_zip

_TEMPLATES = Path(__file__).resolve().parent / "templates"


def export(course: Course, lesson: Lesson, folder: Path, settings: Settings) -> list[str]:
    """Write `<lesson>-gradescope.zip`, `setup.sh` and `run_autograder` at its root."""
    files = bundle(course, lesson, hidden=True, private=settings.private)
    for path in sorted(_TEMPLATES.iterdir()):
        files[path.name] = path.read_bytes()
    chosen = {"lesson": lesson.name, "seed": settings.seed or new_seed(), "policy": settings.policy}
    files["settings.json"] = (json.dumps(chosen, indent=1) + "\n").encode()
    target = folder / f"{lesson.name}-gradescope.zip"
    write_zip(target, files, executable={"setup.sh", "run_autograder"})
    besides = f", together with their files of {', '.join(lesson.uses)}" if lesson.uses else ""
    return [
        f"Upload {target} under Configure Autograder. Choose a machine with 3 GB of memory or more.",
        "Its settings.json holds the seed; --seed-file with that seed makes an archive that gives the same scores.",
        f"Students hand in {lesson.name}.py{besides or ' or a notebook'}.",
    ]
