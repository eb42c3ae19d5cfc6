"""Job scripts with which a cluster under Slurm grades: an array of shards, or Dask workers (dask-jobqueue)."""

from __future__ import annotations

from pathlib import Path
from string import Template

from autograder.common.errors import CourseError
from autograder.common.lessons import Course, Lesson
from autograder.systems import Settings

_TEMPLATES = Path(__file__).resolve().parent / "templates"


def export(course: Course, lesson: Lesson, folder: Path, settings: Settings) -> list[str]:
    """Write them."""
    if settings.seed:
        raise CourseError("The jobs read their seed from the file grading-seed beside them: leave --seed-file out.")
    if settings.private is not None:
        raise CourseError("The jobs name their own --checks: add it to the command in grade.sbatch.")
    for template in sorted(_TEMPLATES.iterdir()):
        text = Template(template.read_text(encoding="utf-8")).substitute(lesson=lesson.name)
        (folder / template.name).write_text(text, encoding="utf-8")
        if template.suffix == ".sh":
            (folder / template.name).chmod(0o755)
    return [
        f"Copy {folder} to where every node sees it, with the submissions in its folder submissions/, and add what",
        "your cluster wants to the #SBATCH lines. With the engine's environment active, ./submit.sh there starts an",
        "array of shards and the job that merges them; python dask_slurm.py 20 grades with Dask workers instead.",
    ]
