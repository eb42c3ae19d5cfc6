"""`autograder grade all`: which lessons a hand-in holds, one start for all of them, the table of the term."""

import csv
import json
import zipfile

import pytest

from autograder.checking.submission import collect
from autograder.common.errors import CourseError
from autograder.common.lessons import load_course
from autograder.grading import prepare
from autograder.grading.all_lessons import every_lesson

SEED = ("--seed", "autumn-7319-for-this-test", "--workers", "2")


def held(toy, *paths):
    """lesson → names of those who handed it in, and what is said of the others."""
    found = every_lesson(toy.course, lambda lesson, uses: collect([toy.root / path for path in paths], lesson, uses))
    return {lesson: sorted(one.name for one in group) for lesson, group in found.lessons.items()}, found.without


def notebook(*sources):
    cells = [{"cell_type": "code", "metadata": {}, "source": source} for source in sources]
    return json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": cells})


@pytest.fixture
def two(toy):
    """The toy course with a second lesson, `other`."""
    toy.copy_lesson("other")
    toy.other = toy.renamed(toy.reference, "other")
    return toy


def table(path):
    with open(path, encoding="utf-8", newline="") as file:
        return {row["student"]: row for row in csv.DictReader(file)}


def test_folders_checkouts_zips_and_single_files_hold_what_their_names_say(two):
    two.write("class/ann/toy.py", two.reference)
    two.write("class/ann/other.py", two.other)
    two.write("class/bob/exercises/other/other.py", two.other)
    two.write("class/cem.py", two.reference)
    two.write("class/dan/toy.py", "def double(x:")
    assert held(two, "class") == ({"other": ["ann", "bob"], "toy": ["ann", "cem", "dan"]}, [])


def test_one_notebook_holds_the_exercises_of_two_lessons(two):
    both = notebook(two.reference, "1 / 0", two.other)
    two.write("class/ann/toy.ipynb", both)
    two.write("class/bob.ipynb", both)
    two.write("class/cem/my work.ipynb", notebook(two.other))
    assert held(two, "class") == ({"other": ["ann", "bob", "cem"], "toy": ["ann", "bob"]}, [])


def test_a_checkout_that_lacks_a_lesson_is_one_hand_in(two):
    two.write("ann/exercises/toy/toy.py", two.reference)
    two.write("ann/exercises/toy/notes.ipynb", notebook(two.other))
    two.write("ann/notes/work.ipynb", notebook(two.other))
    assert held(two, "ann") == ({"toy": ["ann"]}, [])


def test_what_holds_no_lesson_is_named_and_in_no_lesson(two):
    two.write("class/ann.py", two.reference)
    two.write("class/bob/essay.txt", "words")
    two.write("class/cem.zip", b"PK no zip")
    two.write("class/dan.py", "def something(x):\n    return x\n")
    lessons, told = held(two, "class")
    assert lessons == {"toy": ["ann"]}
    assert [one.split(":")[0] for one in told] == [
        f"No lesson is in class/{name}" for name in ("bob", "cem.zip", "dan.py")
    ]
    assert (
        "can't be read as a zip" in told[1] and "no exercise of the course" in told[2] and "-not-there" not in str(told)
    )
    with pytest.raises(CourseError, match="no lesson in what was handed in"):
        held(two, "class/bob")


def test_a_file_that_is_there_and_can_not_be_read_is_its_lessons(two):
    two.write("class/ann/toy.py", b"#" * (1 << 21))
    two.write("class/ann/other.py", two.other)
    assert held(two, "class") == ({"other": ["ann"], "toy": ["ann"]}, [])


def test_no_lesson_may_be_called_all(toy):
    toy.write("exercises/all/lesson.toml", (toy.root / "exercises/toy/lesson.toml").read_text())
    load_course.cache_clear()
    with pytest.raises(CourseError, match="no lesson may be called all"):
        load_course(toy.root)


@pytest.fixture
def starts(zygote, monkeypatch):
    """The zygotes that a run starts."""
    started, lend = [], prepare.Zygote.start
    monkeypatch.setattr(prepare.Zygote, "start", lambda *args, **more: started.append(1) or lend(*args, **more))
    return started


def test_all_lessons_are_graded_with_one_start_as_each_alone(two, command, starts):
    two.write("class/ann/toy.py", two.reference)
    two.write("class/ann/other.py", two.other.replace("return x + x", "return x * x"))
    two.write("class/bob/toy.py", two.with_double("return x * x"))
    code, out, err = command("grade", "all", "class", "--out", "results", *SEED)
    assert (code, err, starts) == (0, "", [1]), out
    rows = table(two.root / "results/term.csv")
    assert [rows["ann"][column] for column in ("toy score", "toy max", "toy final")] == ["7", "7", "7"]
    assert rows["bob"] == {
        "student": "bob", "name": "bob", "email": "", "section": "",
        "other score": "", "other max": "7", "other final": "0",
        "toy score": "2", "toy max": "7", "toy final": "2", "total": "2", "maximum": "14",
    }  # fmt: skip
    assert command("grade", "toy", "class", "--out", "alone", *SEED)[0] == 0
    one, other = (json.loads((two.root / folder / "toy/bob.json").read_text()) for folder in ("results", "alone"))
    assert one["key"] == other["key"] and one["score"] == other["score"]
    code, out, _ = command("grade", "all", "class", "--out", "results", *SEED)
    assert code == 0 and out.count("2 of them kept") == 1 and "1 graded" in out
    (two.root / "results/term.csv").unlink()
    assert command("tables", "results")[0] == 0 and table(two.root / "results/term.csv") == rows
    with open(two.root / "results/toy/exercises.csv") as file:
        exercises = {row["submission"]: row for row in csv.DictReader(file)}
    assert (exercises["ann"]["quad"], exercises["bob"]["double"], exercises["bob"]["Counter"]) == ("3", "0", "2")


def test_a_hand_in_without_a_lesson_fails_the_run_and_no_other(two, command, zygote):
    two.write("class/ann.py", two.reference)
    two.write("class/bob.py", "words = 3\n")
    code, _, err = command("grade", "all", "class", "--out", "results", *SEED)
    assert code == 1 and err.startswith("autograder: No lesson is in class/bob.py")
    assert list(table(two.root / "results/term.csv")) == ["ann"]


def test_names_that_differ_in_case_are_two_students(two, command, zygote):
    two.write("class/Ann/toy.py", two.reference)
    two.write("class/ann/toy.py", two.with_double("return x * x"))
    two.write("class/ann/other.py", two.other)
    assert command("grade", "all", "class", "--out", "results", *SEED)[0] == 0
    rows = table(two.root / "results/term.csv")
    assert {name: (row["name"], row["toy score"], row["other score"]) for name, row in rows.items()} == {
        "Ann": ("Ann", "7", ""),
        "ann-2": ("ann", "2", "7"),
    }


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--shard", "1/2", "--seed-file", "seed"), "one lesson at a time"),
        (("--cluster", "local:1"), "one lesson at a time"),
        (("--checks", "private"), "no folder of a lesson's name"),
    ],
)
def test_what_all_does_not_do_is_one_sentence(two, command, options, said):
    two.write("class/ann.py", two.reference)
    two.write("seed", "autumn-7319-for-this-test")
    two.write("private/test_mine.py", "")
    code, _, err = command("grade", "all", "class", "--out", "results", *options)
    assert code == 2 and said in err and err.count("\n") == 1 and not (two.root / "results").exists()


def test_a_download_of_a_system_with_a_roster(two, command, zygote):
    """What Moodle hands out, all lessons of it: first only looked at, then graded under the roster's ids."""
    with zipfile.ZipFile(two.root / "down.zip", "w") as archive:
        archive.writestr("Ann Lee_501_assignsubmission_file_/toy.py", two.reference)
        archive.writestr("Ann Lee_501_assignsubmission_file_/other.py", two.other)
        archive.writestr("Bob Ray_502_assignsubmission_file_/toy.py", two.with_double("return x * x"))
    two.write("roster.csv", "ID number,Full name,extension\ns1,Ann Lee,2\ns2,Bob Ray,\ns3,Cy Poe,\n")
    given = ("grade", "all", "down.zip", "--roster", "roster.csv", "--out", "results")
    code, out, err = command(*given, "--dry-run")
    assert (code, err) == (0, "") and "Moodle's download, 2 students." in out and "s1" in out
    assert not (two.root / "results").exists(), "nothing is written"
    assert command(*given, *SEED)[0] == 0
    rows = table(two.root / "results/term.csv")
    assert {name: (row["name"], row["toy score"], row["other score"]) for name, row in rows.items()} == {
        "s1": ("Ann Lee", "7", "7"),
        "s2": ("Bob Ray", "2", ""),
        "s3": ("Cy Poe", "", ""),
    }
    assert json.loads((two.root / "results/extensions.json").read_text()) == {"s1": "2"}
