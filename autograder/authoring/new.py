"""A new lesson, from templates: small, whole, and clean in `autograder audit`, to be rewritten piece by piece."""

from __future__ import annotations

import json
import keyword
import re
from pathlib import Path
from string import Template

from autograder.common.errors import CourseError
from autograder.common.files import write_whole
from autograder.common.lessons import Course, load_course
from autograder.common.overview import overview_files
from autograder.common.stubs import make_stub

TEMPLATES = Path(__file__).resolve().parent / "templates"
RESERVED = ("all", "checks", "exercises", "solutions", "tests")  # what commands and folders are called
EXERCISES = ("total", "shares")
_TESTS = ("hidden", "misconceptions", "alternatives", "contracts", "mutants", "lessons")
_FILES = {
    "lesson.toml": "exercises/{0}/lesson.toml",
    "page.md": "exercises/{0}/README.md",
    "public_total.py": "exercises/{0}/checks/test_{0}_total.py",
    "public_shares.py": "exercises/{0}/checks/test_{0}_shares.py",
    "claim.py": "exercises/{0}/experiments/shares_settle.py",
    "draw.py": "exercises/{0}/pictures/draw.py",
    "shares.svg": "exercises/{0}/pictures/shares.svg",
    "measured.md": "exercises/{0}/measured/README.md",
    "reference.py": "solutions/{0}/{0}.py",
    "hidden_total.py": "tests/hidden/{0}/test_{0}_total.py",
    "hidden_shares.py": "tests/hidden/{0}/test_{0}_shares.py",
    "misconception_total.py": "tests/misconceptions/{0}/{0}_total/leaves_out_the_last.py",
    "misconception_shares.py": "tests/misconceptions/{0}/{0}_shares/by_the_largest.py",
    "alternative_total.py": "tests/alternatives/{0}/{0}_total/built_in_sum.py",
    "contract.toml": "tests/contracts/{0}.toml",
    "mutants.toml": "tests/mutants/{0}.toml",
}


def new_lesson(
    course: Course, name: str, title: str = "", module: str | None = None, order: int | None = None
) -> list[Path]:
    """Write the lesson, its stub and the page of all lessons; gives what was written, from the course's root.

    Without a module, it is the last one's; without an order, the lesson is the last of its module. Raises CourseError
    for a name that can't be a lesson's, before anything is written.
    """
    _check_name(course, name)
    last = list(course.lessons.values())[-1]
    module = last.module if module is None else module
    place = 1 + max((lesson.order for lesson in course.lessons.values() if lesson.module == module), default=0)
    heading = " ".join(title.split()) or name.replace("_", " ").capitalize()
    texts = {
        "lesson": name,
        "heading": heading,
        "title": json.dumps(heading, ensure_ascii=False),  # JSON's form of a text is TOML's too
        "module": json.dumps(module, ensure_ascii=False),
        "order": str(place if order is None else order),
    }
    made = {
        path.format(name): Template((TEMPLATES / f"{file}.in").read_text(encoding="utf-8")).substitute(texts)
        for file, path in _FILES.items()
    }
    made[f"exercises/{name}/{name}.py"] = make_stub(made[f"solutions/{name}/{name}.py"])
    try:
        for path, text in made.items():
            (course.root / path).parent.mkdir(parents=True, exist_ok=True)
            write_whole(course.root / path, text)
        load_course.cache_clear()
        around = overview_files(list(load_course(course.root).lessons.values()))
        for path, text in around.items():
            write_whole(course.root / path, text)
    except OSError as error:
        raise CourseError(f"{course.root} can't be written ({error.strerror}).") from None
    return [Path(path) for path in (*made, *around)]


def _check_name(course: Course, name: str) -> None:
    if not re.fullmatch(r"[a-z][a-z0-9_]*", name) or keyword.iskeyword(name):
        raise CourseError(
            f"{name!r} can't be a lesson's name: take small letters, digits and _, such as text_sampling."
        )
    if name in RESERVED:
        raise CourseError(
            f"{name!r} is reserved: a lesson can't be called {', '.join(RESERVED[:-1])} or {RESERVED[-1]}."
        )
    if not (course.root / "solutions").is_dir():
        raise CourseError(f"There is no solutions/ in {course.root}: new needs the instructor's repository.")
    places = [f"exercises/{name}", f"solutions/{name}", *(f"tests/{kind}/{name}" for kind in _TESTS)]
    for place in (*places, f"tests/contracts/{name}.toml", f"tests/mutants/{name}.toml"):
        if (course.root / place).exists():
            raise CourseError(f"The name {name} is taken: there is {place} already.")
    for lesson in course.lessons.values():
        if taken := {f"{name}_{exercise}" for exercise in EXERCISES} & lesson.exercises.keys():
            raise CourseError(f"The name {name} is taken: {lesson.name} has an exercise {min(taken)}.")
