"""The seed that a class is graded with: a secret, since whoever knows it can have every answer ready.

It is given, or drawn once into the folder of results. Reports carry a slow fingerprint of it
(`checking.digest.seed_fingerprint`), never the seed itself.
"""

from __future__ import annotations

import os
import secrets
import tempfile
from collections.abc import Callable
from pathlib import Path

from autograder.common.errors import CourseError
from autograder.common.files import remove_unfinished

FILE = "grading-seed"  # in the folder of results, beside the lessons' folders
_LENGTH = 16  # characters of a seed that somebody gives
_DIFFERENT = 8  # characters among them
_HOW = "python -c 'import secrets; print(secrets.token_hex(16))' makes one"


def new_seed() -> str:
    """128 random bits, as 32 hexadecimal digits."""
    return secrets.token_hex(16)


def checked(seed: str) -> str:
    """The seed, unless it can be guessed: then a CourseError, which doesn't repeat it."""
    if len(seed) < _LENGTH or len(set(seed)) < _DIFFERENT:
        raise CourseError(
            f"A seed is a secret: {_LENGTH} characters or more, {_DIFFERENT} of them different ({_HOW}). "
            "Without --seed and --seed-file one is drawn and kept beside the results."
        )
    return seed


def chosen(seed: str | None, file: Path | None) -> str:
    """The seed that is given, in one of two ways, or none. Raises CourseError where it can be guessed."""
    if seed is not None and file is not None:
        raise CourseError("Give --seed or --seed-file, not both.")
    if file is not None:
        return read(file)
    return checked(seed) if seed is not None else ""


def read(path: Path) -> str:
    """The seed that a file holds on its first line. Raises CourseError where it holds none."""
    try:
        text = path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise CourseError(f"{path} can't be read ({getattr(error, 'strerror', None) or 'not a text file'}).") from None
    if "\n" in text:
        raise CourseError(f"{path} holds more than one line: a seed is one.")
    return checked(text)


def kept(out: Path, has_reports: Callable[[], bool]) -> str:
    """The seed that lies in a folder of results, drawn into it where there are no reports yet.

    Raises CourseError where it is gone or damaged beside reports: another one would give other scores.
    """
    path = out / FILE
    remove_unfinished(out, lambda name: name == FILE, alone=False)
    if not os.path.lexists(path):
        if has_reports():
            raise CourseError(
                f"There are reports in {out}, but not the seed that they were made with: give it with --seed-file, "
                "or grade into a new folder."
            )
        _draw(path)
    try:
        return read(path)
    except CourseError:
        raise CourseError(
            f"{path} is damaged or can't be read: put the seed back that the reports were made with, "
            "or grade into a new folder."
        ) from None


def _draw(path: Path) -> None:
    """Write a new seed, whole and once: of two graders that come at the same time both read the same one."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")  # of mode 600
        try:
            with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                file.write(new_seed() + "\n")
                file.flush()
                os.fsync(file.fileno())
            try:
                os.link(temporary, path)
            except FileExistsError:
                pass
        finally:
            os.unlink(temporary)
    except OSError as error:
        raise CourseError(f"The results can't be written to {path.parent} ({error.strerror}).") from None
