"""Other lessons' files come along with a submission, and the student's functions in them are at hand."""

import json
import os
import sys
import zipfile
from pathlib import Path

import pytest

from autograder.checking.door import LocalTransport
from autograder.checking.running import Run
from autograder.checking.student import Session, TimeLimits
from autograder.checking.submission import Submission, collect, resolve, with_other_lessons
from autograder.common import wire
from autograder.common.lessons import load_course
from autograder.inside.executor import Executor

TOY = b"def double(x):\n    return 2 * x\n"
OTHER = (
    b"def triple(x):\n    return 3 * x\n\n\ndef half(x):\n    raise NotImplementedError('half is not written yet')\n"
)

CELLS = [{"cell_type": "code", "source": source} for source in (OTHER.decode(), "1 / 0")]
NOTEBOOK = json.dumps({"cells": CELLS, "nbformat": 4, "nbformat_minor": 5, "metadata": {}}).encode()


@pytest.fixture(autouse=True)
def in_a_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def put(name, raw=TOY):
    path = Path(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(raw)


def brought(path, others=("other",)):
    return resolve(Path(path), "toy", others).files


# --- reading --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("layout", ["{0}/{0}.py", "{0}.py", "exercises/{0}/{0}.py"])
def test_from_a_folder_of_any_shape(layout):
    put(f"ann/{layout.format('toy')}")
    put(f"ann/{layout.format('other')}", OTHER)
    assert brought("ann") == {"toy/toy.py": TOY, "other/other.py": OTHER}
    assert brought("ann", ()) == {"toy/toy.py": TOY}


@pytest.mark.parametrize("own", ["toy/toy.py", "toy.ipynb"])
def test_notebooks_come_along_too(own):
    put(f"ann/{own}")
    put("ann/other.ipynb", NOTEBOOK)
    assert brought("ann") == {f"toy/{Path(own).name}": TOY, "other/other.ipynb": NOTEBOOK}
    with zipfile.ZipFile("bob.zip", "w") as archive:
        archive.writestr(own, TOY)
        archive.writestr("work/other.ipynb", NOTEBOOK)
    assert brought("bob.zip") == brought("ann")


@pytest.mark.parametrize("folder", ["", "work/exercises/"])
def test_from_a_zip(folder):
    with zipfile.ZipFile("ann.zip", "w") as archive:
        archive.writestr(f"{folder}toy/toy.py", TOY)
        archive.writestr(f"{folder}other/other.py", OTHER)
    (found,) = collect([Path("ann.zip")], "toy", ("other", "third"))
    assert found.files == {"toy/toy.py": TOY, "other/other.py": OTHER}


def test_a_single_file_brings_none():
    put("ann/toy.py")
    put("ann/other.py", OTHER)
    assert brought("ann/toy.py") == {"toy/toy.py": TOY}


def test_what_is_not_there_or_a_link_out_of_the_folder_is_left_out():
    put("ann/toy/toy.py")
    put("secret.py", OTHER)
    assert brought("ann") == {"toy/toy.py": TOY}
    os.mkdir("ann/other")
    os.symlink("../../secret.py", "ann/other/other.py")
    assert brought("ann") == {"toy/toy.py": TOY}


def test_a_broken_submission_stays_what_it_is():
    broken = Submission("ann", Path("ann"), problem="It can't be read.")
    assert with_other_lessons(broken, "toy", ("other",)) is broken


def test_what_comes_along_decides_the_result():
    put("ann/toy/toy.py")
    alone = resolve(Path("ann"), "toy")
    put("ann/other/other.py", OTHER)
    first = resolve(Path("ann"), "toy", ("other",))
    put("ann/other/other.py", OTHER + b"\n# later\n")
    second = resolve(Path("ann"), "toy", ("other",))
    assert len({alone.digest(), first.digest(), second.digest()}) == 3


# --- beside the student's code --------------------------------------------------------------------------------------


@pytest.fixture
def worker():
    worker = Executor(in_process=True)
    yield worker
    worker.unload()


def tools_of(worker, uses=None, **files):
    """The tools of toy, which uses all these lessons; `uses` says what each of them uses (default: nothing)."""
    request = {"op": "load", "lesson": "toy", "path": "toy.py", "uses": uses or dict.fromkeys(files, ())}
    request["files"] = {f"{name}/{name}.py": raw for name, raw in {"toy": TOY, **files}.items()}
    assert "error" not in wire.decode(worker.handle(wire.encode(request)))
    return worker.lesson.__tools__


def test_written_functions_are_there_and_others_are_none(worker):
    tools = tools_of(worker, other=OTHER)
    assert tools.triple(2) == 6
    assert tools.half is None and tools.nothing is None and tools.double is None


def test_a_notebook_is_one_of_them(worker):
    files = {"toy/toy.py": TOY, "other/other.ipynb": NOTEBOOK}
    request = {"op": "load", "lesson": "toy", "path": "toy.py", "files": files, "uses": {"other": ()}}
    assert "error" not in wire.decode(worker.handle(wire.encode(request)))
    tools = worker.lesson.__tools__
    assert tools.triple(2) == 6 and tools.half is None and tools.problems == {}


def test_a_file_is_run_when_something_of_it_is_asked_for(worker):
    tools = tools_of(worker, other=b"import sys\nsys.tools_test_ran = True\n" + OTHER)
    assert not hasattr(sys, "tools_test_ran")
    try:
        assert tools.triple(1) == 3 and sys.tools_test_ran
    finally:
        del sys.tools_test_ran


@pytest.mark.parametrize(
    ("raw", "said"),
    [(b"def triple(:\n", "other.py:1 is not valid Python"), (b"1 / 0\n" + OTHER, "stops on import: ZeroDivisionError")],
)
def test_a_file_that_can_not_be_loaded_costs_only_what_is_in_it(worker, raw, said):
    tools = tools_of(worker, other=raw, third=b"def quarter(x):\n    return x / 4\n")
    assert tools.triple is None and tools.quarter(4) == 1
    assert said in tools.problems["other"] and "third" not in tools.problems


def test_a_lesson_that_is_used_has_its_own_tools_and_no_others(worker):
    using = (
        b"def six_times(x):\n    return 2 * __tools__.triple(x)\n\n\ndef backwards():\n    return __tools__.double\n"
    )
    tools = tools_of(worker, {"using": ("other",), "other": ()}, using=using, other=OTHER)
    assert tools.six_times(2) == 12
    assert tools.backwards() is None, "what uses a lesson is none of its tools"
    alone = tools_of(worker, using=using, other=OTHER)
    with pytest.raises(TypeError):
        alone.six_times(2)


def test_of_two_lessons_with_a_name_the_first_counts(worker):
    tools = tools_of(worker, other=OTHER, third=b"def triple(x):\n    return 'third'\n")
    assert tools.triple(1) == 3


def test_unload_forgets_them_too():
    worker = Executor(in_process=True)
    assert tools_of(worker, other=OTHER).triple(1) == 3
    assert "submission_other" in sys.modules
    worker.unload()
    assert "submission_other" not in sys.modules


# --- in checks ------------------------------------------------------------------------------------------------------

BUILDING = """\
from autograder.checks import Blocked, exercise, expect_equal, probe


@probe
def with_tools(student, x):
    triple = student.__tools__.triple
    return None if triple is None else triple(student.double(x))


@exercise("double")
def test_together(student):
    got = student.run(with_tools, 2)
    if got is None:
        raise Blocked("triple (other)")
    expect_equal(got, 12, what="both together")
"""


OTHER_LESSON = """\
title = "Other"
order = 1
summary = "s"

[exercises.triple]
points = 1
minutes = 1
hints = ["1", "2", "3"]
"""


@pytest.fixture
def building(toy):
    lesson = (toy.root / "exercises/toy/lesson.toml").read_text()
    toy.write("exercises/toy/lesson.toml", lesson.replace("order = 1\n", 'order = 1\nuses = ["other"]\n'))
    toy.write("exercises/other/lesson.toml", OTHER_LESSON)
    toy.write("tests/hidden/toy/test_double.py", BUILDING)
    return toy


def verdict(toy, spawn, **files):
    files = {f"{name}/{name}.py": raw for name, raw in {"toy": toy.reference.encode(), **files}.items()}
    session = Session.of(toy.lesson, Submission("ann", toy.root, files), spawn, TimeLimits())
    try:
        checks = [check for check in toy.checks() if check.name == "test_together"]
        (found,) = Run(toy.lesson, checks, session).all().values()
        return found.outcome, found.sentence
    finally:
        session.close()


def test_a_check_may_use_them_in_process_and_sandboxed(building, zygote):
    for spawn in (LocalTransport, zygote.spawn):
        assert verdict(building, spawn, other=OTHER) == ("passed", "")
        assert verdict(building, spawn) == ("blocked", "blocked by triple (other)")
        assert verdict(building, spawn, other=b"def triple(x):\n    return x\n")[0] == "failed"


def test_grade_brings_them_along(building, command):
    building.write("class/ann/toy/toy.py", building.reference)
    building.write("class/ann/other/other.py", OTHER)
    building.write("class/ben/toy/toy.py", building.reference)
    code, _, err = command("grade", "toy", "class", "--out", "out")
    assert (code, err) == (0, "")
    pages = {name: (building.root / "out/toy" / f"{name}.md").read_text() for name in ("ann", "ben")}
    assert "locked by triple (other)" in pages["ben"] and "locked" not in pages["ann"]


def test_the_lessons_that_a_lesson_uses_stand_in_its_data(building):
    assert building.lesson.uses == {"other": ()}
    assert load_course(building.root).lesson("toy").uses == {"other": ()}
