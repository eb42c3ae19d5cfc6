"""Reports that are read from the disk whenever they are looked at."""

from __future__ import annotations

import gc
from dataclasses import replace

import pytest

from autograder.checking.report import Report, Student
from autograder.common.errors import CourseError
from autograder.grading.files import CSV, grades_csv
from autograder.grading.results import Results

BLANK = Report(Student("s0", "s0"), "toy", 1.0, 2.0, "graded", "", "none", 0.5, ())


@pytest.fixture
def results(tmp_path):
    (tmp_path / "toy").mkdir()
    found = Results(tmp_path, "toy")
    for number in range(30):
        found.write(replace(BLANK, student=Student(f"s{number:02d}", f"s{number:02d}")), "")
    return found


def alive() -> int:
    return sum(type(one) is Report for one in gc.get_objects())


def test_a_class_is_not_held(results):
    gc.collect()
    before = alive()
    stored, left = results.stored()
    most = max(alive() for _ in stored) - before
    results.write_tables(stored, [CSV])
    assert (len(stored), left, most) == (30, [], 1)
    assert alive() == before
    assert (results.folder / CSV.name).read_text() == grades_csv(list(stored))


def test_each_is_as_it_lies_on_disk(results):
    stored, _ = results.stored()
    results.write(replace(stored[3], score=0.0), "")
    assert [report.score for report in stored[2:5]] == [1.0, 0.0, 1.0]


@pytest.mark.parametrize(
    ("text", "told"), [(None, "The report of s03 was taken away"), ("{", "s03.json is damaged")], ids=str
)
def test_one_that_is_gone_or_damaged_meanwhile_is_named(results, text, told):
    stored, _ = results.stored()
    results.path("s03").unlink()
    if text is not None:
        results.path("s03").write_text(text)
    with pytest.raises(CourseError, match=told):
        list(stored)
