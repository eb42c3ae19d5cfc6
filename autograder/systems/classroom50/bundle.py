"""A bundle for Classroom 50. It is publicly readable there, so it holds public checks only: feedback, no grades."""

from __future__ import annotations

from pathlib import Path

from autograder.common.errors import CourseError
from autograder.common.lessons import Course, Lesson
from autograder.systems import Settings
from autograder.systems._bundle import bundle

_TEMPLATES = Path(__file__).resolve().parent / "templates"


def export(course: Course, lesson: Lesson, folder: Path, settings: Settings) -> list[str]:
    """Write `autograde.sh`, the engine and the public checks."""
    if settings.private is not None:
        raise CourseError("A Classroom 50 bundle can be read by everyone: leave --checks to autograder grade.")
    files = bundle(course, lesson, hidden=False) | {"LESSON": f"{lesson.name}\n".encode()}
    for name, raw in files.items():
        place = folder / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(raw)
    script = folder / "autograde.sh"
    script.write_bytes((_TEMPLATES / "autograde.sh").read_bytes())
    script.chmod(0o755)
    return [f"{script} SUBMISSION RESULT writes result.json. It holds public checks only: grade with autograder grade."]
