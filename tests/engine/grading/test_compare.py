"""`autograder compare`: who changed from one folder of results to another, and by which checks."""

import shutil
from dataclasses import replace

import pytest

from autograder.checking.report import Adjustment, Report

SEED = "autumn-7319-for-this-test-alone"


@pytest.fixture
def graded(toy, command, zygote):
    """A class of three in `old`, and its copy in `new`."""
    for name, source in {"ann": toy.reference, "bob": toy.with_double("return x * x"), "cid": toy.stub}.items():
        toy.write(f"class/{name}.py", source)
    assert command("grade", "toy", "class", "--out", "old", "--seed", SEED)[0] == 0
    shutil.copytree(toy.root / "old", toy.root / "new")
    return toy


def change(toy, name, out="new", **fields):
    path = toy.root / out / f"toy/{name}.json"
    path.write_text(replace(Report.from_json(path.read_text()), **fields).to_json())


def test_equal_results(graded, command):
    code, out, err = command("compare", "old", "new")
    assert (code, err) == (0, "") and out == "0 changed; 3 stand in both.\n"


def test_a_regrade_says_who_changed_and_by_which_checks(graded, command):
    graded.write("class/bob.py", graded.reference)
    assert command("grade", "toy", "class/bob.py", "--out", "new", "--seed", SEED)[0] == 0
    code, out, _ = command("compare", "old", "new")
    assert code == 0 and "1 changed; 3 stand in both." in out
    assert "2 of 7" in out and "7 of 7" in out and "test_double_adds: failed → passed" in out
    assert "(other: what was handed in)" in out
    assert "ann" not in out and "cid" not in out


def test_what_stands_in_one_folder_only(graded, command):
    (graded.root / "new/toy/cid.json").unlink()
    code, out, _ = command("compare", "old", "new")
    assert code == 0 and "1 changed; 2 stand in both." in out and "none" in out


def test_an_adjustment_is_a_change(graded, command):
    change(graded, "ann", adjustments=(Adjustment("late", -1.0, "a day late"),))
    out = command("compare", "old", "new")[1]
    assert "6 of 7" in out and "(other: adjustments)" in out


def test_another_engine_alone_changes_nobody(graded, command):
    for name in ("ann", "bob", "cid"):
        change(graded, name, engine="another", checks_digest="another")
    assert command("compare", "old", "new")[1].startswith("0 changed")


def test_other_lessons(graded, command):
    (graded.root / "other").mkdir()
    (graded.root / "new/toy").rename(graded.root / "other/zoo")
    for path in (graded.root / "other/zoo").glob("*.json"):
        path.write_text(replace(Report.from_json(path.read_text()), lesson="zoo").to_json())
    code, out, err = command("compare", "old", "other")
    assert code == 2 and err == "autograder: There is nothing to compare: old holds reports of toy, other of zoo.\n"
    code, _, err = command("compare", "old", "new")
    assert (
        code == 2
        and err == "autograder: There are no reports in new: give the folder that grade wrote to, its --out.\n"
    )


@pytest.mark.parametrize("place", ["nowhere", "class/ann.py"])
def test_no_results(graded, command, place):
    code, _, err = command("compare", "old", place)
    assert code == 2 and err.startswith(f"autograder: There are no reports in {place}:") and err.count("\n") == 1


def test_a_damaged_report_is_named(graded, command):
    (graded.root / "new/toy/bob.json").write_text('{"schema": 1, "checks"')
    code, out, err = command("compare", "old", "new")
    assert code == 1 and "1 changed; 2 stand in both." in out and "new/toy/bob.json is damaged" in err
