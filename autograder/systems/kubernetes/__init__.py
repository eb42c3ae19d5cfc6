"""Manifests with which a Kubernetes cluster grades: Dask's operator (dask-kubernetes) keeps the workers."""

from __future__ import annotations

import re
from pathlib import Path
from string import Template

from autograder.common.errors import CourseError
from autograder.common.lessons import Course, Lesson
from autograder.systems import Settings

_TEMPLATES = Path(__file__).resolve().parent / "templates"


def export(course: Course, lesson: Lesson, folder: Path, settings: Settings) -> list[str]:
    """Write them, the image's Dockerfile and the script that makes the secrets."""
    if settings.seed:
        raise CourseError("The job reads its seed from the secret grading-seed: leave --seed-file out.")
    if settings.private is not None:
        raise CourseError("The job names its own --checks: add it to the command in grade.yaml, and the image.")
    names = {"lesson": lesson.name, "name": re.sub("[^a-z0-9]+", "-", lesson.name.lower()).strip("-")}
    for template in sorted(_TEMPLATES.iterdir()):
        text = Template(template.read_text(encoding="utf-8")).substitute(names)
        (folder / template.name).write_text(text, encoding="utf-8")
        if template.suffix == ".sh":
            (folder / template.name).chmod(0o755)
    return [
        f"Build the image with {folder / 'Dockerfile'} from the root of your own copy of this repository, and push it",
        "to a registry of your own: it holds hidden checks and solutions. Write its name into the manifests. Then run",
        f"{folder / 'secrets.sh'}, apply class.yaml, copy the submissions, and apply cluster.yaml and grade.yaml.",
    ]
