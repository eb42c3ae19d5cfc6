"""Collects the checks of a lesson with pytest: which there are, whose exercise each belongs to, what each is worth.

Grading counts against the list that this gives, never against what a run happened to report.
"""

from __future__ import annotations

import contextlib
import hashlib
import importlib.util
import io
import os
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from autograder.lessons import Course, CourseError, Lesson
from autograder.running import SHOWS, Check

MARK = "exercise"
FIXTURES = ("student", "rng")


@dataclass(frozen=True)
class Collected:
    """The checks of one lesson that count here, and why others of its checks do not."""

    checks: list[Check]
    unmet: dict[str, str]  # check → what it requires and this machine lacks
    digest: str  # of the files that the checks were read from


def collect_checks(course: Course, lesson: Lesson, private: Path | None = None, *, hidden: bool = True) -> Collected:
    """The lesson's checks: visible ones, `hidden` ones, and those in the instructor's `private` folder."""
    folders = [course.visible_checks(lesson.name)]
    if hidden and course.hidden_checks(lesson.name).is_dir():
        folders.append(course.hidden_checks(lesson.name))
    if private is not None:
        if not private.is_dir():
            raise CourseError(f"There is no folder {private}: --checks takes a folder of test_*.py files.")
        named = private / lesson.name
        folders.append(named if named.is_dir() else private)
    items, problems = _pytest_items(folders)
    if problems:
        raise CourseError(f"The checks of {lesson.name} can't be collected: {problems[0]}")
    if not items:
        raise CourseError(f"The lesson {lesson.name} has no checks.")
    pairs = checks_of(items, lesson, visible=course.visible_checks(lesson.name))
    unmet = {check.name: problem for check, _ in pairs if (problem := unmet_requirement(check)) is not None}
    state = hashlib.sha256((lesson.folder / "lesson.toml").read_bytes())
    for path in sorted({item.path for item in items}):
        state.update(path.read_bytes())
    return Collected([check for check, _ in pairs if check.name not in unmet], unmet, state.hexdigest())


def checks_of(items: Iterable[pytest.Item], lesson: Lesson, visible: Path) -> list[tuple[Check, pytest.Item]]:
    """Turn marked items into checks, in teaching order; raises CourseError on one that can't be a check."""
    marked = [(item, item.get_closest_marker(MARK)) for item in items]
    shares: dict[str, int] = {}
    names: set[str] = set()
    for item, mark in marked:
        where = f"{item.path.name}::{item.name}"
        if mark is None or not mark.args:
            raise CourseError(f"{where} names no exercise: mark it with @exercise(...).")
        if mark.args[0] not in lesson.exercises:
            raise CourseError(f"{where} is for {mark.args[0]!r}, which {lesson.name}/lesson.toml does not list.")
        points = mark.kwargs.get("points", 1)
        if type(points) is not int or points < 1:
            raise CourseError(f"{where}: its points must be a whole number above 0.")
        if (show := mark.kwargs.get("show", "visible")) not in SHOWS:
            raise CourseError(f"{where}: show={show!r} is none of {', '.join(SHOWS)}.")
        if item.name in names:
            raise CourseError(f"{where}: another check of {lesson.name} has this name already.")
        names.add(item.name)
        shares[mark.args[0]] = shares.get(mark.args[0], 0) + points
    pairs = [(_check(item, mark, lesson, shares, visible), item) for item, mark in marked]
    order = list(lesson.exercises)
    return sorted(pairs, key=lambda pair: (order.index(pair[0].exercise), pair[0].visibility != "visible"))


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


def _check(item: Any, mark: pytest.Mark, lesson: Lesson, shares: dict[str, int], visible: Path) -> Check:
    callspec = getattr(item, "callspec", None)
    arguments = dict(callspec.params) if callspec is not None else {}
    fixtures = tuple(name for name in item.fixturenames if name in FIXTURES)
    foreign = sorted(set(item.fixturenames) - set(FIXTURES) - set(arguments) - {"request"})
    if foreign:
        raise CourseError(f"{item.path.name}::{item.name} asks for {', '.join(foreign)}; a check has student and rng.")
    exercise = mark.args[0]
    return Check(
        name=item.name,
        exercise=exercise,
        worth=Fraction(lesson.exercises[exercise].points * mark.kwargs.get("points", 1), shares[exercise]),
        visibility="visible" if item.path.is_relative_to(visible) else "hidden",
        function=item.obj,
        arguments=arguments,
        fixtures=fixtures,
        requires=mark.kwargs.get("requires"),
        show=mark.kwargs.get("show", "visible"),
    )


class _Catcher:
    """A pytest plugin that keeps the items and any collection error."""

    def __init__(self) -> None:
        self.items: list[pytest.Item] = []
        self.problems: list[str] = []

    def pytest_configure(self, config: pytest.Config) -> None:
        register_mark(config)

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        self.items = list(session.items)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed:
            self.problems.append(str(report.longrepr).strip().splitlines()[-1])


def register_mark(config: pytest.Config) -> None:
    config.addinivalue_line("markers", f"{MARK}(name, points, requires, show): the exercise that a check is of")


def _pytest_items(folders: list[Path]) -> tuple[list[pytest.Item], list[str]]:
    catcher = _Catcher()
    options = ["--collect-only", "-q", "--import-mode=importlib", "--noconftest", "-c", os.devnull]
    options += [f"--rootdir={folders[0]}", "-p", "no:cacheprovider"]
    options += ["-p", "no:unraisableexception"]  # it collects all of torch's garbage five times, which takes 0.5 s
    options += map(str, folders)
    alone = {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTEST_ADDOPTS": ""}  # nobody's plugin or option reaches grading
    before = {name: os.environ.get(name) for name in alone}
    os.environ.update(alone)
    dont_write, loaded = sys.dont_write_bytecode, set(sys.modules)
    sys.dont_write_bytecode = True
    try:
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
            pytest.main(options, plugins=[catcher])
    finally:
        sys.dont_write_bytecode = dont_write
        for module in set(sys.modules) - loaded:  # else the next lesson's file of the same name would be taken for this
            if _lies_in(sys.modules[module], folders):
                del sys.modules[module]
        for name, value in before.items():
            os.environ.pop(name, None) if value is None else os.environ.update({name: value})
    return catcher.items, catcher.problems


def _lies_in(module: Any, folders: list[Path]) -> bool:
    file = getattr(module, "__file__", None)
    return isinstance(file, str) and any(Path(file).resolve().is_relative_to(folder.resolve()) for folder in folders)
