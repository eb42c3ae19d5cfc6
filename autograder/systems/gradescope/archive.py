"""An autograder archive for Gradescope that is ours: it grades in a sandbox, as `autograder grade` does.

The archive holds the hidden checks, which Gradescope shows to instructors only; the sandbox keeps a submission from
reading them. The reference is not in it.
"""

from __future__ import annotations

import json
from pathlib import Path

from autograder.common.lessons import Course, Lesson
from autograder.systems import Settings
from autograder.systems._bundle import bundle, write_zip

_TEMPLATES = Path(__file__).resolve().parent / "templates"


def export(course: Course, lesson: Lesson, folder: Path, settings: Settings) -> list[str]:
    """Write `<lesson>-gradescope.zip`, `setup.sh` and `run_autograder` at its root."""
    files = bundle(course, lesson, hidden=True, private=settings.private)
    for path in sorted(_TEMPLATES.iterdir()):
        files[path.name] = path.read_bytes()
    chosen = {"lesson": lesson.name, "seed": settings.seed, "policy": settings.policy}
    files["settings.json"] = (json.dumps(chosen, indent=1) + "\n").encode()
    target = folder / f"{lesson.name}-gradescope.zip"
    write_zip(target, files, executable={"setup.sh", "run_autograder"})
    besides = f", together with their files of {', '.join(lesson.uses)}" if lesson.uses else ""
    return [
        f"Upload {target} under Configure Autograder. Choose a machine with 3 GB of memory or more.",
        f"Students hand in {lesson.name}.py{besides or ' or a notebook'}.",
    ]
