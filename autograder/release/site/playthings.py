"""Playthings: pictures of a lesson's page that answer to sliders, in the browser alone.

One is two files of a lesson's folder: `play/NAME.py`, whose `data(lesson)` computes with the reference what is shown,
and `play/NAME.js`, which draws it. The page says where: `<!-- play: NAME -->`, which shows nothing on GitHub.
"""

from __future__ import annotations

import json
import runpy
from types import SimpleNamespace

from autograder.common.errors import CourseError
from autograder.common.lessons import Course, Lesson

FOLDER = "play"


def playthings(course: Course, lesson: Lesson) -> dict[str, bytes]:
    """The files of a lesson's playthings by their path beside its page: each one's script, and its data as a script.

    Raises CourseError where one of the two files is missing.
    """
    scripts = sorted((lesson.folder / FOLDER).glob("*.js"))
    if not scripts:
        return {}
    reference = SimpleNamespace(**runpy.run_path(str(course.reference(lesson.name))))
    files: dict[str, bytes] = {}
    for script in scripts:
        source = script.with_suffix(".py")
        if not source.is_file():
            raise CourseError(f"{script} has nothing to show: its data come from {source.name}, which is not there.")
        data = json.dumps(runpy.run_path(str(source))["data"](reference), separators=(",", ":"), allow_nan=False)
        # A page that is opened as a file may load scripts, and may not read files.
        files[f"{FOLDER}/{script.stem}.data.js"] = f"play.data.{script.stem} = {data};\n".encode()
        files[f"{FOLDER}/{script.name}"] = script.read_bytes()
    return files


def place_of(name: str) -> str:
    """What stands in the page where the plaything is to be."""
    scripts = "".join(f'<script defer src="{FOLDER}/{name}{end}"></script>' for end in (".data.js", ".js"))
    return f'<section class="play" data-play="{name}"></section>\n{scripts}'
