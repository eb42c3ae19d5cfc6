"""What a system's own runner hands over: a folder with whatever one student uploaded."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from autograder.checking.submission import SUFFIXES, Submission, collect, with_other_lessons


def the_submission(folder: Path, lesson: str, uses: Iterable[str] = ()) -> Submission:
    """The one submission in a folder of uploads, whatever its file is called; other lessons' files lie beside it."""
    files = sorted(path for path in folder.iterdir() if not path.name.startswith((".", "__")))
    single = [path for path in files if path.suffix in (*SUFFIXES, ".zip")]
    named = [path for path in single if path.stem == lesson]
    if not files:
        return Submission("submission", folder, problem=f"Nothing was handed in: upload {lesson}.py or {lesson}.ipynb.")
    if len(named) == 1 or (len(single) == 1 and len(files) == 1):
        found = collect(named or single, lesson, uses)[0]
        if found.origin.suffix == ".zip":
            return found
        return with_other_lessons(replace(found, origin=folder), lesson, uses)
    collected = collect([folder], lesson, uses)
    if len(collected) == 1:
        return collected[0]
    problem = f"{len(files)} files were handed in, and none of them is {lesson}.py or {lesson}.ipynb."
    return Submission("submission", folder, problem=problem)
