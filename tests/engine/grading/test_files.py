"""Files made from reports: whole or absent, in the exact format, and a student's page that gives nothing away."""

import csv
import io
import os
import stat
from dataclasses import replace
from xml.etree import ElementTree

import pytest

from autograder.checking.report import Adjustment, Student, Times
from autograder.common.files import write_whole
from autograder.grading.files import grades_csv, junit_xml, student_page

# --- whole or not at all --------------------------------------------------------------------------------------------


def test_a_file_is_written(tmp_path):
    path = tmp_path / "grades.csv"
    write_whole(path, "ä\r\nb\n")
    assert path.read_bytes() == "ä\r\nb\n".encode()
    assert stat.S_IMODE(path.stat().st_mode) == 0o644
    write_whole(path, "new")
    assert path.read_text() == "new"
    assert os.listdir(tmp_path) == ["grades.csv"]


@pytest.mark.parametrize("step", ["fsync", "replace", "chmod"])
def test_a_crash_in_the_middle_leaves_the_old_file(tmp_path, monkeypatch, step):
    path = tmp_path / "grades.csv"
    write_whole(path, "old")

    def crash(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(os, step, crash)
    with pytest.raises(KeyboardInterrupt):
        write_whole(path, "new")
    assert path.read_text() == "old"
    assert os.listdir(tmp_path) == ["grades.csv"], "no half-written file stays behind"


def test_it_is_on_the_disk_before_it_takes_the_name(tmp_path, monkeypatch):
    steps = []
    for step in ("fsync", "replace"):
        real = getattr(os, step)
        monkeypatch.setattr(os, step, lambda *args, step=step, real=real: (steps.append(step), real(*args)))
    write_whole(tmp_path / "a", "text")
    assert steps == ["fsync", "replace"]


def test_text_that_can_not_be_written_leaves_the_old_file(tmp_path):
    path = tmp_path / "a"
    write_whole(path, "old")
    with pytest.raises(UnicodeEncodeError):
        write_whole(path, "x" * 100_000 + "\ud800")
    assert path.read_text() == "old" and os.listdir(tmp_path) == ["a"]


# --- grades.csv -----------------------------------------------------------------------------------------------------


def test_the_columns_and_rows_of_grades_csv(toy):
    reports = [
        replace(toy.report(toy.with_double("return x * x"), name="zoe"), seconds=1.23456, attempt=3),
        replace(
            toy.report("def f(:", name="bob"),
            seconds=0.5,
            seed_fingerprint="0123456789abcdef",
            student=Student("bob", "=1+1", "b", "b@x.org", "B"),
            source="class/bob.py",
            times=Times(None, "2026-11-01T12:00:00Z"),
        ),
        replace(toy.report(toy.reference, name="ann"), seconds=0.0, adjustments=(Adjustment("late", -1.5, ""),)),
    ]
    text = grades_csv(reports)
    assert text.splitlines() == [
        "submission,lesson,score,max_score,status,passed,failed,todo,blocked,seconds,seed,tier,attempt,final,"
        "name,email,section,source,handed_in",
        "ann,toy,7,7,graded,9,0,0,0,0.000,,none,1,5.5,ann,,,,",
        "bob,toy,0,7,broken,0,9,0,0,0.500,0123456789ab,none,1,0,'=1+1,b@x.org,B,class/bob.py,2026-11-01T12:00:00Z",
        "zoe,toy,2,7,graded,3,4,0,2,1.235,,none,3,2,zoe,,,,",
    ]
    assert len(list(csv.reader(io.StringIO(text)))) == 4


# --- junit.xml ------------------------------------------------------------------------------------------------------

ODD = [r"return 'a\x1b[2J\x00\ufffe\ud800 <b>&]]>'", "raise ValueError('\\x08 ü <&>')", "return '\\r\\n' * 3"]


@pytest.mark.parametrize("body", ["return x + x", "return x * x", *ODD])
def test_junit_is_xml_with_a_case_for_each_check(toy, body):
    reports = [toy.report(toy.with_double(body), name="ann"), toy.report("def f(:", name="bob")]
    root = ElementTree.fromstring(junit_xml(reports).encode())
    assert [suite.get("name") for suite in root] == ["ann.toy", "bob.toy"]
    for suite, report in zip(root, reports, strict=True):
        cases = suite.findall("testcase")
        assert [case.get("name") for case in cases] == [check.name for check in report.checks]
        failed = [case for case in cases if case.find("failure") is not None]
        assert int(suite.get("tests")) == 9 and int(suite.get("failures")) == len(failed)
        assert len(failed) == sum(check.outcome != "passed" for check in report.checks)
        assert all(case.get("classname", "").startswith("toy.") for case in cases)


# --- the student's page ---------------------------------------------------------------------------------------------


def page(toy, source, **options):
    return student_page(toy.report(source, **options), toy.lesson)


def test_the_page_of_full_marks(toy):
    text = page(toy, toy.reference)
    assert text.startswith("# Toy\n\n**7 of 7 points**\n")
    assert text.count("4 of 4 checks pass.") == 1 and "hidden" not in text


def test_the_page_says_what_was_added_and_taken_off(toy):
    taken = (Adjustment("late", -1.5, "a day\n# late"), Adjustment("manual", 1, "spoke well"))
    text = student_page(replace(toy.report(toy.reference), adjustments=taken), toy.lesson)
    lines = ["**7 of 7 points**", "", "- -1.5 points (late): a day # late", "- +1 points (manual): spoke well", ""]
    assert text.splitlines()[2:9] == [*lines, "**6.5 points count**", ""]


def test_the_page_of_an_untouched_stub(toy):
    text = page(toy, toy.stub)
    assert "**0 of 7 points**" in text
    assert "## `quad`: 0 of 3\n\nTo do, about 10 minutes." in text and "✗" not in text


def test_the_page_of_something_wrong(toy):
    text = page(toy, toy.with_double("return x * x"))
    assert "- ✗ failed (`test_double_adds`): It squares its input instead of doubling it." in text
    assert "  - `expected: [2.0, 5.0, 6.0]  (float32, shape (3,))`" in text
    assert "## `quad`: 0 of 3\n\nBlocked by double." in text
    assert "## `Counter`: 2 of 2\n\n3 of 3 checks pass." in text


def test_the_page_keeps_a_submissions_words_as_code(toy):
    text = page(toy, toy.with_double("return 'a`b``c\\n# Toy\\n\\n**7 of 7 points**'"))
    assert "  - ``` got: a`b``c ```\n  - `# Toy`\n" in text and "  - `**7 of 7 points**`" in text


def test_the_page_of_a_broken_submission(toy):
    text = page(toy, "def f(:")
    assert text.splitlines() == [
        "# Toy", "", "**0 of 7 points**", "", "Nothing could be checked:", "",
        "    toy.py:1 is not valid Python (invalid syntax): def f(:",
    ]  # fmt: skip


WRONG = [
    "return x * x",
    "return 2 * x.abs()",
    "raise ValueError(x)",
    "return str(x)",
    "return x[:1]",
    "return x.add_(x)",
    "assert (x > -1).all(), f'{x}'; return x + x",
    "return {'a': x}",
    "return None",
]


@pytest.mark.parametrize("body", WRONG)
def test_the_page_gives_away_nothing_hidden(toy, body):
    source = toy.with_double(body)
    report = toy.report(source, seed="the secret seed")
    text = student_page(report, toy.lesson)
    assert any(check.outcome == "failed" and not check.public for check in report.checks)
    hidden = [check for check in report.checks if not check.public]
    for check in hidden:
        assert check.name not in text and "hidden_" not in text
    assert "secret seed" not in text
    shown = student_page(replace(report, checks=tuple(hidden)), toy.lesson)
    heads = [line for line in shown.splitlines() if line.startswith("#") or "points**" in line or "checks pass" in line]
    rest = [line for line in shown.splitlines() if line and line not in heads]
    assert rest and not any(character.isdigit() for line in rest for character in line), "a value of a hidden check"


def test_a_message_is_said_once(toy):
    text = page(toy, toy.with_double("raise KeyError"))
    assert text.count("Your code raises KeyError where it should not.") == 1


def test_only_the_first_failure_of_an_exercise_is_told_in_full(toy):
    text = page(toy, toy.with_double("return x"))
    before, after = text.split("\nFix that first; these may fail for the same reason:\n", 1)
    assert before.count("expected: ") == 1
    assert "✗ failed" in after.split("##")[0] and "expected: " not in after.split("##")[0]


def test_an_ungraded_exercise_says_so(toy):
    lesson = toy.root / "exercises/toy/lesson.toml"
    lesson.write_text(lesson.read_text().replace("points = 3", "points = 0"))
    assert "## `quad`: ungraded" in page(toy, toy.reference)
