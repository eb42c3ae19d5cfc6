"""The pytest plugin: `student` and `rng`, `--submission` and `--seed`, and a student's view of a run.

Loaded by entry point into every pytest run of this environment, so it imports nothing heavy, and does
nothing unless marked checks of a lesson are collected.
"""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest

from autograder.checking.private_pytest import fixtures_asked_for
from autograder.checking.student import OWN_SECONDS
from autograder.common.errors import CourseError
from autograder.common.lessons import Course, find_course

_STATE = pytest.StashKey["_State"]()
_CHECK = pytest.StashKey[Any]()
_SECONDS = f"how long your code may take in one check (default: {OWN_SECONDS:g}; 0: no limit)"
_KEY = "autograder"  # in what an xdist worker hands over when it ends


class _State:
    """What one pytest run knows: the run of each lesson, and what the terminal is told at the end."""

    def __init__(self) -> None:
        self.runs: dict[str, Any] = {}
        self.unmet: set[str] = set()  # node ids of checks that require what is not here
        self.problem = ""  # that an xdist worker met
        self.stderr = os.dup(2)  # the terminal's: while checks run, pytest has the other


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("autograder", "checks of the course")
    group.addoption("--submission", metavar="PATH", help="what to check: a .py file or a folder (default: exercises/)")
    group.addoption("--check-seconds", metavar="SECONDS", help=_SECONDS)
    parser.addini("check_seconds", _SECONDS, default=str(OWN_SECONDS))
    group.addoption("--seed", default="0", metavar="SEED", help="the checks draw their inputs from this (default: 0)")


def pytest_configure(config: pytest.Config) -> None:
    from autograder.checking.collecting import register_mark
    from autograder.terminal.view import View

    register_mark(config)
    config.stash[_STATE] = _State()
    config.pluginmanager.register(View(config), "autograder-view")


@pytest.hookimpl(tryfirst=True)
def pytest_pycollect_makemodule(module_path: Path) -> None:
    """Let a check file import the helpers beside it, and a hidden one also those beside the visible ones.

    They are last on the path, so that they stand in for nothing.
    """
    folder = module_path.parent
    folders = [folder] if folder.name == "checks" else []
    if folder.parent.name == "hidden" and folder.parents[1].name == "tests":
        folders = [folder, folder.parents[2] / "exercises" / folder.name / "checks"]
    sys.path += [str(one) for one in folders if str(one) not in sys.path]


@pytest.hookimpl(tryfirst=True)  # before -k and -m take items away: what an exercise needs must still be known
def pytest_collection_modifyitems(session: pytest.Session, config: pytest.Config, items: list[pytest.Item]) -> None:
    from autograder.checking.collecting import MARK

    marked = [item for item in items if item.get_closest_marker(MARK)]
    if not marked:
        return
    try:
        course = find_course(marked[0].path.parent)
        marked = [item for item in marked if not _is_a_students_own(item, course)]
        groups: dict[str, list[pytest.Item]] = {}
        for item in marked:
            groups.setdefault(_lesson_of(item, course), []).append(item)
        ordered = [item for lesson, group in groups.items() for item in _prepare(config, course, lesson, group)]
    except CourseError as error:
        if not hasattr(config, "workeroutput"):
            raise pytest.UsageError(str(error)) from None
        config.workeroutput[_KEY] = str(error)  # an xdist worker: the process that started it stops the run
        items.clear()
        return
    dropped = [item for item in ordered if item.nodeid in config.stash[_STATE].unmet]
    if dropped:
        config.hook.pytest_deselected(items=dropped)
    items[:] = [item for item in items if item not in set(marked)] + [item for item in ordered if item not in dropped]


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    problem = getattr(node, "workeroutput", {}).get(_KEY)
    if problem:
        node.config.stash[_STATE].problem = problem


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    if problem := session.config.stash[_STATE].problem:
        raise pytest.UsageError(problem)


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    check = pyfuncitem.stash.get(_CHECK, None)
    if check is None:
        return None
    run, name = check
    arguments = {fixture: pyfuncitem.funcargs[fixture] for fixture in fixtures_asked_for(pyfuncitem)}
    error = run.settle(run.checks[name], lambda: pyfuncitem.obj(**arguments))
    verdict = run.verdict(run.checks[name])
    if verdict.outcome != "passed":
        raise error or AssertionError(verdict.sentence)
    return True


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    check = item.stash.get(_CHECK, None)
    if check is not None and call.when == "call":
        from autograder.terminal.view import annotate

        annotate(report, item, *check)
    return report


@pytest.hookimpl(tryfirst=True)
def pytest_unconfigure(config: pytest.Config) -> None:
    if _STATE not in config.stash:
        return
    if config.stash[_STATE].runs:
        gc.freeze()  # else pytest and Python look through all of torch and transformers three times more
    os.close(config.stash[_STATE].stderr)
    for run in config.stash[_STATE].runs.values():
        run.session.close()


@pytest.fixture
def student(request: pytest.FixtureRequest) -> Any:
    """The submission: `student.f(...)` calls its f, `student.run(probe, ...)` runs a probe beside it."""
    run, _ = _check_of(request)
    return run.student


@pytest.fixture
def rng(request: pytest.FixtureRequest) -> Any:
    """What the check draws its inputs from (`autograder.checks.Rng`), seeded from --seed and the check's name."""
    run, name = _check_of(request)
    return run.fixtures(run.checks[name])["rng"]


def _check_of(request: pytest.FixtureRequest) -> Any:
    if _CHECK not in request.node.stash:
        pytest.fail(f"{request.fixturename} is for the course's checks; a test of your own imports your file.", False)
    return request.node.stash[_CHECK]


def _is_a_students_own(item: pytest.Item, course: Course) -> bool:
    """Whether a test in a lesson's folder is none of its checks, whatever it is marked with: it runs as it stands."""
    from autograder.common.lessons import check_file

    exercises = course.root / "exercises"
    if not item.path.is_relative_to(exercises):
        return False
    lesson = course.lessons.get(item.path.relative_to(exercises).parts[0])
    known = {course.public_checks(lesson.name) / check_file(name) for name in lesson.exercises} if lesson else set()
    return item.path not in known


def _lesson_of(item: pytest.Item, course: Course) -> str:
    for folder in item.path.parents:
        if folder.name in course.lessons:
            return folder.name
    raise CourseError(f"{item.path} lies in no folder named after a lesson.")


def _prepare(config: pytest.Config, course: Course, name: str, items: list[pytest.Item]) -> list[pytest.Item]:
    """Make the run of one lesson and tie each item to its check; gives the items in teaching order."""
    import torch

    from autograder.checking.collecting import (
        check_files,
        checks_of,
        collect_checks,
        grounds_of,
        is_extra,
        unmet_requirement,
    )
    from autograder.checking.door import LocalTransport
    from autograder.checking.running import Run
    from autograder.checking.student import Session, TimeLimits
    from autograder.checking.submission import resolve
    from autograder.terminal import last_words

    torch.set_num_threads(1)  # the checks are tiny: a second thread only waits, and under xdist it starves the others
    lesson = course.lesson(name)
    pairs = checks_of(items, lesson, public=course.public_checks(name))
    aside = {item.nodeid for check, item in pairs if is_extra(check, lesson) and not _is_asked_for(config, item)}
    pairs = [(check, item) for check, item in pairs if item.nodeid not in aside]
    unmet = {check.name: problem for check, _ in pairs if (problem := unmet_requirement(check)) is not None}
    option = config.getoption("--submission")
    submission = resolve(Path(option) if option else course.root / "exercises", name, lesson.uses)
    session = Session.of(lesson, submission, LocalTransport, TimeLimits.own(_seconds(config)))
    checks = {check.name: check for check, _ in pairs if check.name not in unmet}
    # What an exercise needs, and what a check is worth, is a matter of all of the lesson's checks.
    hidden = not all(check.public for check in checks.values())
    if _selects_some(config) or set(check_files(course, lesson, hidden=hidden)) - {item.path for item in items}:
        checks |= {check.name: check for check in collect_checks(course, lesson, hidden=hidden).checks}
    grounds = grounds_of(course, lesson)
    run = Run(lesson, checks.values(), session, config.getoption("--seed"), grounds=grounds)
    pytests_own = config.pluginmanager.hasplugin("faulthandler") and float(config.getini("faulthandler_timeout") or 0)
    if not pytests_own:  # faulthandler has one timer
        last_words.listen(config.stash[_STATE].stderr)
    state = config.stash[_STATE]
    state.runs[name] = run
    state.unmet |= {item.nodeid for check, item in pairs if check.name in unmet}
    for check, item in pairs:
        item.stash[_CHECK] = (run, check.name)
        item.extra_keyword_matches.add(check.exercise)  # so that -k takes the exercise's name
    return [item for _, item in pairs]


def _is_asked_for(config: pytest.Config, item: pytest.Item) -> bool:
    """Whether the run is of this check's file, or of what -k or -m takes; not of a whole lesson that it is part of."""
    paths = [(config.invocation_params.dir / str(one).split("::")[0]).resolve() for one in config.args]
    return bool(config.option.keyword or config.option.markexpr or item.path in paths)


def _seconds(config: pytest.Config) -> float:
    """How long the student's code may take in a check; 0 where somebody sits at a debugger."""
    told = config.getoption("--check-seconds") or config.getini("check_seconds")
    try:
        seconds = float(told)
        if not 0 <= seconds < float("inf"):
            raise ValueError
    except ValueError:
        raise CourseError(f"{told!r} is no number of seconds: write check_seconds as 10, or 0 for no limit.") from None
    debugging = config.getoption("usepdb", False) or config.getoption("trace", False)
    if debugging or os.environ.get("PYTHONBREAKPOINT", "0") != "0":
        return 0.0
    return seconds


def _selects_some(config: pytest.Config) -> bool:
    """Whether pytest collects only some checks of a file. (-k and -m take theirs away later.)"""
    return any("::" in str(argument) for argument in config.args) or bool(config.getoption("lf", False))
