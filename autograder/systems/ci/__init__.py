"""Workflow files with which an instructor's own repository grades, on GitHub Actions and on GitLab CI.

(The student repository that `autograder release` writes has workflows of its own, which run the public checks.)
"""

from __future__ import annotations

from pathlib import Path
from string import Template

from autograder.common.errors import CourseError
from autograder.common.lessons import Course, Lesson
from autograder.systems import Settings

_TEMPLATES = Path(__file__).resolve().parent / "templates"
_PLACES = {"grade.yml": ".github/workflows/grade-{lesson}.yml", "gitlab-ci.yml": ".gitlab-ci.yml"}


def export(course: Course, lesson: Lesson, folder: Path, settings: Settings) -> list[str]:
    """Write both."""
    if settings.seed:
        raise CourseError("A workflow takes its seed from the secret GRADING_SEED: leave --seed-file out.")
    if settings.private is not None:
        raise CourseError("A workflow names its own --checks: add it to the command in the file.")
    for name, place in _PLACES.items():
        target = folder / place.format(lesson=lesson.name)
        target.parent.mkdir(parents=True, exist_ok=True)
        text = Template((_TEMPLATES / name).read_text(encoding="utf-8")).substitute(lesson=lesson.name)
        target.write_text(text, encoding="utf-8")
    return [
        f"Copy what you need of {folder} to the root of your own, private copy of this repository,",
        "put submissions into submissions/, and set the secret GRADING_SEED: without it, a workflow grades nothing.",
    ]
