"""Collects the checks of a lesson with pytest: which there are, whose exercise each belongs to, what each is worth.

Grading counts against the list that this gives, never against what a run happened to report.
"""

from __future__ import annotations

import contextlib
import importlib.util
import io
import os
import re
import sys
import sysconfig
import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from autograder.checking.digest import digest_of, digest_of_texts
from autograder.checking.private_pytest import fixtures_asked_for, parameters
from autograder.checking.running import VISIBILITIES, Check, Ground
from autograder.checking.sources import imported_names
from autograder.common.errors import CourseError
from autograder.common.lessons import Course, Lesson, check_file
from autograder.former import Former

MARK = "exercise"
PRIVATE = "private:"  # before the name of an instructor's check that is called like one of the course's
FIXTURES = ("student", "rng")
_ENGINE = Path(__file__).resolve().parents[1]


@dataclass(frozen=True)
class Collected:
    """The checks of one lesson that count here, and why others of its checks do not."""

    checks: list[Check]
    unmet: dict[str, str]  # check → what it requires and this machine lacks
    digest: str  # of the lesson's data, of the check files and of all that these import
    grounds: tuple[Ground, ...] = ()  # what the lesson's exercises need in other lessons


def collect_checks(
    course: Course,
    lesson: Lesson,
    private: Path | None = None,
    *,
    hidden: bool = True,
    only: Iterable[str] | None = None,
) -> Collected:
    """The lesson's checks: public ones, `hidden` ones, and those in the instructor's `private` folder.

    Of the course's own folders the files count that are named after an exercise; a student's own tests beside them
    do not. `only` names the exercises whose files are read (default: all).
    """
    files = check_files(course, lesson, hidden=hidden, only=only)
    if private is not None:
        files += _private_files(private, lesson)
    if not files:
        raise CourseError(f"The lesson {lesson.name} has no checks.")
    with _pytest_items(files, lesson.folder) as (items, problems):
        if problems:
            raise CourseError(f"The checks of {lesson.name} can't be collected: {problems[0]}")
        if not items:
            raise CourseError(f"The lesson {lesson.name} has no checks.")
        digest = _digest(lesson, {item.path for item in items})
    pairs = checks_of(items, lesson, public=course.public_checks(lesson.name), private=private)
    unmet = {check.name: problem for check, _ in pairs if (problem := unmet_requirement(check)) is not None}
    below = _below(course, lesson)
    if below:
        digest = digest_of_texts([digest, *(collected.digest for _, collected in below)])
    checks = [check for check, _ in pairs if check.name not in unmet]
    return Collected(checks, unmet, digest, _grounds(below))


def grounds_of(course: Course, lesson: Lesson) -> tuple[Ground, ...]:
    """The public checks of what the lesson's exercises need in other lessons."""
    return _grounds(_below(course, lesson))


def _below(course: Course, lesson: Lesson) -> list[tuple[Lesson, Collected]]:
    found = []
    for name, needed in lesson.needs_elsewhere().items():
        other = course.lesson(name)
        wanted = {one for need in needed for one in (need, *other.all_needs(need))}
        found.append((other, collect_checks(course, other, hidden=False, only=wanted)))
    return found


def _grounds(below: Iterable[tuple[Lesson, Collected]]) -> tuple[Ground, ...]:
    return tuple(Ground(lesson, tuple(collected.checks), collected.grounds) for lesson, collected in below)


def check_files(course: Course, lesson: Lesson, *, hidden: bool, only: Iterable[str] | None = None) -> list[Path]:
    """The course's check files of these exercises, public ones first; an exercise may be without."""
    folders = [course.public_checks(lesson.name), *([course.hidden_checks(lesson.name)] if hidden else [])]
    names = [check_file(exercise) for exercise in lesson.exercises if only is None or exercise in only]
    return [folder / name for folder in folders for name in names if (folder / name).is_file()]


def _private_files(private: Path, lesson: Lesson) -> list[Path]:
    """An instructor's own check files: those of the folder, or of its folder for this lesson."""
    if not private.is_dir():
        raise CourseError(f"There is no folder {private}: --checks takes a folder of test_*.py files.")
    named = private / lesson.name
    found = sorted((named if named.is_dir() else private).rglob("test_*.py"))
    if not found:
        raise CourseError(f"{private} holds no check: --checks takes a folder of test_*.py files.")
    return found


def _digest(lesson: Lesson, files: Iterable[Path]) -> str:
    """A hash of all that decides what the checks ask: the lesson's data, the check files, and what those import."""
    read = {Path(path) for path in files}
    found = read | {lesson.folder / "lesson.toml"}
    waiting = [path for module in sys.modules.values() if (path := _file(module)) is not None and path in read]
    while waiting:
        for module in _imported_by(waiting.pop()):
            path = _file(module)
            if path is not None and path not in found and not _is_installed(path):
                found.add(path)
                waiting.append(path)
    return digest_of(found, lesson.folder.parent.parent)


def _imported_by(path: Path) -> Iterator[Any]:
    """The modules that a file names in an import, wherever in the file it does."""
    return (sys.modules[name] for name in imported_names(path.read_bytes()) if name in sys.modules)


def _file(module: Any) -> Path | None:
    """The Python file that a module was read from."""
    file = getattr(module, "__file__", None)
    return Path(file) if isinstance(file, str) and file.endswith(".py") else None


def _is_installed(path: Path) -> bool:
    """Whether a file is Python's, a library's or the engine's: of these, a result's key holds versions and a digest."""
    standard = Path(sysconfig.get_paths()["stdlib"]).resolve()
    return "site-packages" in path.parts or any(path.resolve().is_relative_to(one) for one in (standard, _ENGINE))


@contextmanager
def importable(folders: Iterable[Path]) -> Iterator[None]:
    """Let check files import the helpers that lie beside them: last on the path, so that they stand in for nothing."""
    added = [str(folder) for folder in sorted(folders)]
    sys.path += added
    try:
        yield
    finally:
        for folder in added:
            sys.path.remove(folder)


def checks_of(
    items: Iterable[pytest.Item], lesson: Lesson, public: Path, private: Path | None = None
) -> list[tuple[Check, pytest.Item]]:
    """Turn marked items into checks, in teaching order; raises CourseError on one that can't be a check.

    One of the `private` folder that is called like one of the course's has "private:" before its name.
    """
    items = list(items)
    if private is not None:
        own = [item for item in items if item.path.resolve().is_relative_to(private.resolve())]
        taken = {item.name for item in items if item not in own}
        for item in own:
            item.name = f"{PRIVATE}{item.name}" if item.name in taken else item.name
    marked = [(item, item.get_closest_marker(MARK)) for item in items]
    shares: dict[str, int] = {}
    names: set[str] = set()
    found: list[tuple[pytest.Item, pytest.Mark]] = []
    for item, mark in marked:
        where = _where(item, private)
        if mark is None or not mark.args:
            raise CourseError(f"{where} names no exercise: mark it with @exercise(...).")
        if mark.args[0] not in lesson.exercises:
            raise CourseError(f"{where} is for {mark.args[0]!r}, which {lesson.name}/lesson.toml does not list.")
        points = mark.kwargs.get("points", 1)
        if type(points) is not int or points < 1:
            raise CourseError(f"{where}: its points must be a whole number above 0.")
        if (visibility := mark.kwargs.get("visibility", "visible")) not in VISIBILITIES:
            raise CourseError(f"{where}: visibility={visibility!r} is none of {', '.join(VISIBILITIES)}.")
        if item.name in names:
            raise CourseError(f"{where}: another check of {lesson.name} has this name already.")
        names.add(item.name)
        shares[mark.args[0]] = shares.get(mark.args[0], 0) + points
        found.append((item, mark))
    pairs = [(_check(item, mark, lesson, shares, public), item) for item, mark in found]
    order = list(lesson.exercises)
    return sorted(pairs, key=lambda pair: (order.index(pair[0].exercise), not pair[0].public))


def _where(item: pytest.Item, private: Path | None) -> str:
    """How a message names a check: the course's by file and name, an instructor's by the path and line, too."""
    name = f"{item.path.name}::{item.name.removeprefix(PRIVATE)}"
    if private is not None and item.path.resolve().is_relative_to(private.resolve()):
        return f"{item.path}:{(item.location[1] or 0) + 1}: {name.partition('::')[2]}"
    return name


def unmet_requirement(check: Check) -> str | None:
    """What the check requires and this machine lacks, in words; judged here, on the trusted side."""
    needed = check.requires
    if needed is None:
        return None
    if needed == "cuda":
        import torch

        return None if torch.cuda.is_available() else "needs CUDA"
    if needed == "hub":
        return "needs a model hub" if os.environ.get("HF_HUB_OFFLINE", "1") != "0" else None
    return None if importlib.util.find_spec(needed) else f"needs the package {needed}"


def is_extra(check: Check, lesson: Lesson) -> bool:
    """Whether it is of an exercise that is not graded and needs a package of its own, whose import takes seconds."""
    return check.requires is not None and not lesson.exercises[check.exercise].points


def _check(item: Any, mark: pytest.Mark, lesson: Lesson, shares: dict[str, int], public: Path) -> Check:
    arguments = parameters(item)
    asked = fixtures_asked_for(item)
    fixtures = tuple(name for name in asked if name in FIXTURES)
    foreign = sorted(set(asked) - set(FIXTURES) - set(arguments) - {"request"})
    if foreign:
        raise CourseError(f"{item.path.name}::{item.name} asks for {', '.join(foreign)}; a check has student and rng.")
    exercise = mark.args[0]
    return Check(
        name=item.name,
        exercise=exercise,
        worth=Fraction(lesson.exercises[exercise].points * mark.kwargs.get("points", 1), shares[exercise]),
        public=item.path.is_relative_to(public),
        function=item.obj,
        arguments=arguments,
        fixtures=fixtures,
        requires=mark.kwargs.get("requires"),
        visibility=mark.kwargs.get("visibility", "visible"),
    )


class _Catcher:
    """A pytest plugin that keeps the items and any collection error."""

    def __init__(self) -> None:
        self.items: list[pytest.Item] = []
        self.problems: list[str] = []
        self.former: list[str] = []  # names that the files use as they were before

    def pytest_configure(self, config: pytest.Config) -> None:
        register_mark(config)

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        self.items = list(session.items)

    def pytest_warning_recorded(self, warning_message: warnings.WarningMessage) -> None:
        if issubclass(warning_message.category, Former):
            self.former.append(str(warning_message.message))

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed:
            self.problems.append(_problem(str(report.longrepr)))


def _problem(text: str) -> str:
    """FILE:LINE: ERROR, out of what pytest says of a file that it can't import."""
    *_, error = text.strip().splitlines()
    error = error.removeprefix("E").strip()
    places = re.findall(r"""^(?:E\s+)?(?:File "(.+?)", line (\d+)|(\S.*?\.py):(\d+): in )""", text, re.MULTILINE)
    file, line = next(((one[0] or one[2], one[1] or one[3]) for one in reversed(places)), ("", ""))
    return f"{file}:{line}: {error}" if file else error


def register_mark(config: pytest.Config) -> None:
    config.addinivalue_line("markers", f"{MARK}(name, points, requires, visibility): the exercise that a check is of")


@contextmanager
def _pytest_items(files: list[Path], root: Path) -> Iterator[tuple[list[pytest.Item], list[str]]]:
    """The items of these files, and what went wrong; their modules are in `sys.modules` as long as this is open."""
    catcher = _Catcher()
    options = ["--collect-only", "-q", "--import-mode=importlib", "--noconftest", "-c", os.devnull]
    options += [f"--rootdir={root}", "-p", "no:cacheprovider"]
    options += ["-p", "no:unraisableexception"]  # it collects all of torch's garbage five times, which takes 0.5 s
    options += map(str, files)
    alone = {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTEST_ADDOPTS": ""}  # nobody's plugin or option reaches grading
    before = {name: os.environ.get(name) for name in alone}
    os.environ.update(alone)
    dont_write, loaded = sys.dont_write_bytecode, set(sys.modules)
    sys.dont_write_bytecode = True
    folders = {path.parent.resolve() for path in files}
    try:
        with importable(folders), contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
            pytest.main(options, plugins=[catcher])
        for text in dict.fromkeys(catcher.former):  # pytest kept it from whom it is for
            warnings.warn(text, Former, stacklevel=2)
        yield catcher.items, catcher.problems
    finally:
        sys.dont_write_bytecode = dont_write
        for name in set(sys.modules) - loaded:  # else the next lesson's file of the same name would be taken for this
            path = _file(sys.modules[name])
            if path is not None and path.resolve().parent in folders:
                del sys.modules[name]
        for name, value in before.items():
            os.environ.pop(name, None) if value is None else os.environ.update({name: value})
