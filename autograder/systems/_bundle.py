"""The part of a course that grades a lesson elsewhere: engine, public checks, and hidden ones where they stay so."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import IO

from autograder.common.errors import CourseError
from autograder.common.lessons import Course, Lesson
from autograder.release.student_repository import engine_files, lesson_files

_DATE = (1980, 1, 1, 0, 0, 0)  # the same files give the same archive


def bundle(course: Course, lesson: Lesson, *, hidden: bool, private: Path | None = None) -> dict[str, bytes]:
    """Every file by its path, the reference among them where hidden checks are; no misconception or attack ever is."""
    files = engine_files()
    for one in course.with_uses([lesson]):
        for path in lesson_files(one):
            if path.suffix in (".py", ".toml"):
                files[path.relative_to(course.root).as_posix()] = path.read_bytes()
    if hidden:
        for name in (lesson.name, *lesson.uses):
            if (path := course.reference(name)).exists():
                files[path.relative_to(course.root).as_posix()] = path.read_bytes()
        for path in sorted(course.hidden_checks(lesson.name).rglob("*.py")):
            files[path.relative_to(course.root).as_posix()] = path.read_bytes()
    if private is not None:
        if not private.is_dir():
            raise CourseError(f"There is no folder {private}: --checks takes a folder of test_*.py files.")
        for path in sorted(private.rglob("*.py")):
            files[f"private/{path.relative_to(private).as_posix()}"] = path.read_bytes()
    return files


def write_zip(path: Path | IO[bytes], files: dict[str, bytes], executable: set[str]) -> None:
    """The same bytes for the same files, whenever and wherever."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, raw in sorted(files.items()):
            entry = zipfile.ZipInfo(name, _DATE)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 3  # Unix: the mode below counts
            entry.external_attr = (0o100755 if name in executable else 0o100644) << 16
            archive.writestr(entry, raw)
