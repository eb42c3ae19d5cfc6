"""The command, as typed: what students' verbs print and change, and errors in one sentence with exit code 2."""

import dataclasses
import importlib.metadata
import importlib.util
import io
import os
import re
import signal
import subprocess
import sys
import threading
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path

import pytest
from rich.console import Console

from autograder import cli
from autograder.checking.submission import Submission
from autograder.cli import screen, students
from autograder.common import lessons
from autograder.common.errors import CourseError, SandboxError
from autograder.grading import trial


@pytest.fixture
def run(command):
    return command


def assert_one_sentence(result, *words):
    code, out, err = result
    assert code == 2
    assert out == "" or re.fullmatch(r"The course is [^\n]+\.\n\s*", out)
    assert re.fullmatch(r"autograder: [^\n]+\n", err), err
    for word in words:
        assert word in err


# --- hint -----------------------------------------------------------------------------------------------------------


def test_hints_go_from_vague_to_near(run):
    first = "Double what?\n\nHint 1 of 3. Nearer: autograder hint double\n"
    assert run("hint", "double", "1") == (0, first, "")
    assert run("hint", "double", "2")[1] == "Use a sum.\n\nHint 2 of 3. Nearer: autograder hint double\n"
    code, out, _ = run("hint", "toy/double", "3")
    assert code == 0 and out.startswith("x + x\n") and "autograder solution toy/double --reveal" in out


def said(result):
    return result[1].splitlines()[0]


def test_each_hint_without_a_number_goes_one_further(run, toy):
    assert [said(run("hint", "double")) for _ in range(4)] == ["Double what?", "Use a sum.", "x + x", "x + x"]
    assert said(run("hint", "quad")) not in ("Use a sum.", "x + x"), "each exercise has its own"
    assert said(run("hint", "double", "1")) == "Double what?" and said(run("hint", "toy/double")) == "Use a sum."


@pytest.mark.parametrize(
    "damage", ["", "[1]", "{", '{"double": "two", "quad": -1}', "\x00", '{"double": 99}', "[" * 9999]
)
def test_a_damaged_note_of_hints_is_no_error(run, toy, damage):
    path = toy.write(".autograder/hints.json", damage)
    wanted = "x + x" if "99" in damage else "Double what?"
    code, _, err = result = run("hint", "double")
    assert (code, said(result), err) == (0, wanted, "")
    assert path.read_text().endswith("}\n")
    path.unlink()
    path.mkdir()
    assert said(run("hint", "double")) == "Double what?"


def test_a_hint_is_given_where_nothing_can_be_noted(run, toy):
    toy.write(".autograder", "in the way")
    assert said(run("hint", "double")) == said(run("hint", "double")) == "Double what?"


def test_a_hint_with_brackets_is_printed_as_it_is(run, toy):
    lesson = toy.root / "exercises/toy/lesson.toml"
    lesson.write_text(lesson.read_text().replace('"Double what?"', '"Look at x[:, None] and [bold] :smile:"'))
    assert run("hint", "double")[1].startswith("Look at x[:, None] and [bold] :smile:\n")


def test_an_exercise_that_is_not_there(run):
    assert_one_sentence(run("hint", "triple"), "There is no exercise 'triple'; there are: double, quad, Counter.")
    assert_one_sentence(run("hint", "toy/doubel"), "There is no exercise 'toy/doubel'; did you mean double?")
    assert_one_sentence(
        run("reset", "toy"), "toy is a lesson, not an exercise; its exercises are: double, quad, Counter."
    )
    assert_one_sentence(run("hint", "other/double"), "There is no lesson 'other'; the lessons are: toy.")


@pytest.mark.parametrize("number", ["0", "4", "two"])
def test_a_hint_that_is_not_there(run, number):
    code, out, err = run("hint", "double", number)
    assert code == 2 and out == "" and "Invalid value" in err and "Traceback" not in err


# --- progress -------------------------------------------------------------------------------------------------------


def test_progress_of_an_untouched_course(run):
    code, out, err = run("progress")
    assert (code, err) == (0, "")
    assert out.splitlines() == [
        "  toy                [................]      0/7  next: double",
        "  total              [................]      0/7  0 of 1 lessons done",
        "Go on with toy (next: double). Exercise by exercise:",
        "  autograder progress toy",
    ]


def test_progress_says_where_to_go_on(run, toy):
    for name, order in (("early", 0), ("late", 9)):
        toy.copy_lesson(name)
        data = toy.root / f"exercises/{name}/lesson.toml"
        data.write_text(data.read_text().replace("order = 1", f"order = {order}"))
    assert "\nGo on with early (next: double_early)." in run("progress")[1]
    toy.solve(toy.with_double("return x + x").replace("double(double(x))", "x"))
    assert "\nGo on with toy (next: " in run("progress")[1], "that one is begun"
    for name in ("early", "late"):
        toy.write(f"exercises/{name}/{name}.py", toy.renamed(toy.reference, name))
    toy.solve(toy.reference)
    assert run("progress")[1].endswith("3 of 3 lessons done\n")


def test_progress_stands_below_each_lessons_module(run, toy):
    data = toy.root / "exercises/toy/lesson.toml"
    for name, module in {"two": "1 First [steps]", "three": "2 Then"}.items():
        toy.write(f"exercises/{name}/lesson.toml", f'module = "{module}"\n{toy.renamed(data.read_text(), name)}')
    data.write_text(f'module = "1 First [steps]"\n{data.read_text()}')
    _, out, _ = run("progress")
    heads = [line.strip().split("  ")[0] for line in out.splitlines()[:6]]
    assert heads == ["1 First [steps]", "toy", "two", "2 Then", "three", "total"]


def test_progress_is_what_pytest_ends_with(run, toy):
    toy.solve(toy.with_double("return x * x"))
    _, out, _ = run("progress", "toy")
    ending = toy.pytest("exercises/toy").stdout.split(" toy: Toy ")[-1].split("\n", 1)[-1].rsplit("\n=", 1)[0]
    assert out.split("toy: Toy\n")[1].strip() == ending.strip()


def test_progress_of_a_broken_file(run, toy):
    toy.solve("x = [/]\n")
    for arguments in (("progress",), ("progress", "toy")):
        code, out, _ = run(*arguments)
        assert code == 0 and "exercises/toy/toy.py:1 is not valid Python (invalid syntax): x = [/]\n" in out
    assert "0/7  its file is broken\n" in run("progress")[1]
    (toy.root / "exercises/toy/toy.py").unlink()
    code, _, err = run("progress")
    assert code == 2 and "holds neither toy/toy.py nor toy.py" in err


def test_progress_goes_on_after_a_lesson_whose_file_is_gone(run, toy):
    for name, order in (("early", 0), ("late", 9)):
        toy.copy_lesson(name)
        data = toy.root / f"exercises/{name}/lesson.toml"
        data.write_text(data.read_text().replace("order = 1", f"order = {order}"))
    (toy.root / "exercises/toy/toy.py").unlink()
    code, out, err = run("progress")
    assert code == 2 and out.count(" 0/7 ") == 2 and "0/14  0 of 3 lessons done" in out
    assert "  toy                can't be read\n" in out
    assert re.fullmatch(r"autograder: [^\n]*holds neither toy/toy.py[^\n]*\n", err)


def test_progress_passes_over_a_students_own_tests(run, toy):
    toy.solve(toy.reference)
    own = "from autograder.checks import exercise\n\n\n@exercise('double')\ndef test_mine(student):\n    assert False\n"
    for path in ("test_mine.py", "checks/test_mine.py"):
        toy.write(f"exercises/toy/{path}", own)
    code, out, err = run("progress")
    assert (code, err) == (0, "") and "  toy                [################]      7/7  done\n" in out


def test_progress_cuts_a_line_to_the_terminal(toy, run, monkeypatch):
    text = io.StringIO()
    monkeypatch.setattr(screen, "console", Console(file=text, width=48, force_terminal=True, color_system=None))
    toy.solve(toy.with_double("return x *"))
    assert run("progress")[0] == 0
    lines = re.sub(r"\x1b\[[0-9?]*[A-Za-z]", "", text.getvalue()).replace("\r", "\n").splitlines()
    (line,) = (line for line in lines if line.startswith("  toy "))
    assert len(line) == 48 and line.endswith("...")


def test_progress_of_a_lesson_that_is_not_there(run):
    assert_one_sentence(run("progress", "nothing"), "There is no lesson 'nothing'; the lessons are: toy.")


# --- solution -------------------------------------------------------------------------------------------------------


def test_the_solution_is_kept_until_the_exercise_passes(run, toy):
    code, out, err = run("solution", "double")
    assert code == 1 and out == "" and "x + x" not in err
    assert err.startswith("autograder: double does not pass yet. Try autograder hint double, or --reveal")
    toy.solve(toy.with_double("return 2 * x"))
    code, out, _ = run("solution", "double")
    assert code == 0 and "return x + x" in out and "SOLUTION" not in out and "def quad" not in out


def test_a_solution_that_passes_on_a_wrong_need_does_not_count(run, toy):
    toy.solve(toy.with_double("return x * x").replace("double(double(x))", "4 * x"))
    assert run("solution", "quad")[0] == 1


def test_reveal(run, monkeypatch):
    monkeypatch.setenv("COLUMNS", "15")  # no line is cut off, nor broken for a file that it is sent to
    code, out, _ = run("solution", "Counter", "--reveal")
    assert code == 0 and "class Counter:" in out and "self.value += amount" in out


def test_where_there_are_no_solutions(run, toy):
    (toy.root / "solutions/toy/toy.py").unlink()
    for arguments in (("solution", "double"), ("solution", "double", "--reveal")):
        assert_one_sentence(run(*arguments), "there are none in this repository")
    assert_one_sentence(run("reset", "double"), "git checkout -- exercises/toy/toy.py")


# --- reset ----------------------------------------------------------------------------------------------------------

MINE = "return x * 17  # mine"


def kept(toy):
    return [path.read_text() for path in sorted((toy.root / ".autograder").iterdir())]


def test_reset_puts_the_stub_back_and_keeps_mine(run, toy):
    unwritten = 'raise NotImplementedError("{} is not written yet")'.format
    source = toy.stub.replace(unwritten("double"), MINE).replace(unwritten("quad"), "return double(double(x))")
    toy.solve(source)
    code, out, _ = run("reset", "double")
    assert code == 0 and re.search(
        r"double is back to its stub\. Your version is kept in \.autograder/double-\S+\.py", out
    )
    now = (toy.root / "exercises/toy/toy.py").read_text()
    assert now == source.replace(MINE, unwritten("double")), "everything else stays"
    assert len(kept(toy)) == 1 and MINE in kept(toy)[0] and kept(toy)[0].startswith("def double(")


def test_a_second_reset_at_once_has_nothing_to_reset(run, toy):
    toy.solve(toy.with_double(MINE))
    run("reset", "double")
    before = (toy.root / "exercises/toy/toy.py").read_bytes()
    assert run("reset", "double") == (0, "double is its stub already: there is nothing to reset.\n", "")
    assert len(kept(toy)) == 1 and MINE in kept(toy)[0] and (toy.root / "exercises/toy/toy.py").read_bytes() == before


def test_two_resets_within_a_second_keep_both(run, toy):
    for mine in ("return x * 17", "return x * 18"):
        toy.solve(toy.with_double(mine))
        run("reset", "double")
    assert len(kept(toy)) == 2


@pytest.mark.parametrize("arguments", [(), ("double",), ("toy/double",)])
def test_undo_brings_a_version_back(run, toy, arguments):
    source = toy.with_double(MINE)
    toy.solve(source)
    run("reset", "double")
    assert run("reset", "--undo", *arguments) == (0, "double is again what it was before the reset.\n", "")
    assert (toy.root / "exercises/toy/toy.py").read_text() == source and kept(toy) == []
    assert_one_sentence(run("reset", "--undo", *arguments), "to undo: no version is kept in .autograder/.")


def test_undo_takes_the_last_reset_first_and_keeps_what_stands_there(run, toy):
    path = toy.root / "exercises/toy/toy.py"
    toy.solve(toy.with_double(MINE))
    run("reset", "quad")
    run("reset", "double")
    assert_one_sentence(run("reset", "--undo", "Counter"), "There is no reset of Counter to undo")
    toy.solve(
        path.read_text().replace('raise NotImplementedError("double is not written yet")', "return x * 3  # later")
    )
    code, out, _ = run("reset", "--undo")
    assert code == 0 and re.search(r"What stood there is kept in \.autograder/double-\S+\.py\.", out)
    assert MINE in path.read_text() and any("# later" in text for text in kept(toy))
    assert "quad is again" in run("reset", "--undo", "quad")[1] and "double(double(x))" in path.read_text()


def test_undo_adds_what_is_gone_from_the_file(run, toy):
    toy.solve(toy.with_double(MINE))
    run("reset", "double")
    toy.solve("x = 1\n")
    assert run("reset", "--undo")[0] == 0
    assert (toy.root / "exercises/toy/toy.py").read_text().startswith("x = 1\n\n\ndef double(x: ")


def test_each_line_of_a_mixture_keeps_its_ending(run, toy):
    path = toy.root / "exercises/toy/toy.py"
    mine = toy.with_double(MINE).encode().replace(b"import torch\n", b"import torch\r\n")
    path.write_bytes(mine)
    assert run("reset", "double")[0] == 0 and path.read_bytes().count(b"\r\n") == 1
    assert run("reset", "--undo")[0] == 0 and path.read_bytes() == mine


def test_reset_asks_which(run):
    assert_one_sentence(run("reset"), "Which exercise? autograder reset EXERCISE; --undo takes the last reset back.")


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"], ids=["plain", "marked"])
@pytest.mark.parametrize("newline", [b"\n", b"\r\n"], ids=["lf", "crlf"])
def test_reset_and_undo_keep_line_endings_and_the_byte_order_mark(run, toy, newline, mark):
    path = toy.root / "exercises/toy/toy.py"
    mine = mark + toy.with_double(MINE).encode().replace(b"\n", newline)
    path.write_bytes(mine)
    assert run("reset", "double")[0] == 0
    now = path.read_bytes()
    assert now.startswith(mark) and now.count(b"\xef\xbb\xbf") == len(mark) / 3
    assert now.count(newline) == now.count(b"\n") > 10 and MINE.encode() not in now
    assert run("reset", "--undo")[0] == 0 and path.read_bytes() == mine
    assert run("reset", "double")[0] == 0 and "nothing to reset" in run("reset", "double")[1]


def test_reset_takes_decorators_along_and_of_two_the_one_that_counts(run, toy):
    mine = f"\n\n@torch.no_grad()\ndef double(x):\n    {MINE}\n"
    toy.solve(toy.reference + mine)
    assert run("reset", "double")[0] == 0
    now = (toy.root / "exercises/toy/toy.py").read_text()
    assert now.startswith(toy.reference) and "@torch.no_grad()" not in now
    assert now.rstrip().endswith('raise NotImplementedError("double is not written yet")')
    assert "@torch.no_grad()" in kept(toy)[0]


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("x = 1\ndef double(:\n", "is not valid Python (line 2): fix that line first"),
        (b"\xff\xfe", "is not a text file"),
    ],
)
def test_reset_of_a_file_that_can_not_be_reset(run, toy, source, said):
    path = toy.root / "exercises/toy/toy.py"
    toy.solve(source)
    before = path.read_bytes()
    assert_one_sentence(run("reset", "double"), said)
    assert path.read_bytes() == before


def test_reset_where_a_folder_or_a_file_is_in_the_way(run, toy):
    (toy.root / ".autograder").write_text("mine")
    toy.solve(toy.with_double(MINE))
    assert_one_sentence(run("reset", "double"), ".autograder: File exists.")
    path = toy.root / "exercises/toy/toy.py"
    path.unlink()
    path.mkdir()
    assert_one_sentence(run("reset", "double"), "can't be read (Is a directory): move it away and run this again")


@pytest.mark.parametrize("left", [None, "", " \n\n"])
def test_reset_brings_back_a_file_that_is_gone_or_empty(run, toy, left):
    path = toy.root / "exercises/toy/toy.py"
    path.unlink()
    if left is not None:
        toy.solve(left)
    code, out, _ = run("reset", "double")
    assert code == 0 and "double is back to its stub. There was nothing of yours to keep." in out
    assert path.read_text() == toy.stub


def test_reset_adds_an_exercise_that_was_deleted(run, toy):
    start, end = toy.stub.index("class Counter"), len(toy.stub)
    mine = toy.stub[:start] + "def helper():\n    return 17\n" + toy.stub[end:]
    toy.solve(mine)
    assert run("reset", "Counter")[0] == 0
    now = (toy.root / "exercises/toy/toy.py").read_text()
    assert now == mine + "\n\n" + toy.stub[start:]


# --- usage ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("grade", "nothing", "solutions", "--out", "out"), "There is no lesson 'nothing'; the lessons are: toy."),
        (("grade", "toy", "nowhere", "--out", "out"), "There is nothing at nowhere"),
        (("grade", "toy", "empty", "--out", "out"), "empty is empty: there is nothing to grade in it."),
        (("grade", "toy", "solutions", "--out", "pyproject.toml"), "The results can't be written to pyproject.toml"),
        (("grade", "toy", "solutions", "--out", "out", "--format", "csv,pdf"), "There is no format 'pdf'; there are: "),
        (("grade", "toy", "solutions", "--out", "out", "--tier", "best"), "There is no sandbox tier 'best'"),
        (("audit", "nothing"), "There is no lesson 'nothing'; the lessons are: toy."),
        (("watch", "nothing"), "There is no lesson or exercise 'nothing'; the lessons are: toy."),
    ],
)
def test_usage_errors_are_one_sentence(run, toy, arguments, said):
    (toy.root / "empty").mkdir()
    assert_one_sentence(run(*arguments), said)


@pytest.mark.usefixtures("zygote")
def test_checks_that_are_not_there(run):
    assert_one_sentence(
        run("grade", "toy", "solutions", "--out", "out", "--checks", "nowhere"), "There is no folder nowhere"
    )


def test_audit_without_solutions(run, toy):
    (toy.root / "solutions/toy/toy.py").unlink()
    assert_one_sentence(run("audit"), "There is no solutions/toy/ here")


@pytest.mark.parametrize(
    "arguments",
    [("grade",), ("grade", "toy", "solutions"), ("nothing",), ("grade", "toy", ".", "--out", "o", "--workers", "0")],
)
def test_mistyped_commands(run, arguments):
    code, _, err = run(*arguments)
    assert code == 2 and "Traceback" not in err and err


def test_help_begins_with_what_students_need(run):
    out = run("--help")[1]
    panels = ["─ Students ─", "─ Instructors ─", "─ Authors of lessons ─"]
    places = [out.index(panel) for panel in panels]
    assert places == sorted(places) and places[0] < out.index(" hint ") < places[1] < out.index(" grade ") < places[2]
    assert "pytest exercises/lora  (check what you wrote" in out
    for command in ("hint", "progress", "solution", "reset", "experiment"):
        assert f"Examples: autograder {command} " in " ".join(run(command, "--help")[1].split())


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("hint Cou", ["Counter"]),
        ("hint toy/", ["toy/double", "toy/quad", "toy/Counter"]),
        ("solution q", ["quad"]),
        ("reset d", ["double"]),
        ("progress t", ["toy"]),
        ("watch ", ["toy"]),
        ("experiment t", ["toy"]),
        ("experiment toy/", ["toy/grows"]),
        ("hin", ["hint"]),
    ],
)
def test_the_shell_completes_names(toy, typed, offered):
    toy.write("exercises/toy/experiments/grows.py", "CLAIM = 1\n")
    toy.write("exercises/toy/experiments/_shared.py", "")
    told = completed(toy.root, typed)
    assert told.stdout.split() == offered and told.stderr == ""


def test_completing_is_quiet_where_there_is_no_course(toy):
    (toy.root / "exercises/toy/lesson.toml").write_text("no = [data")
    told = completed(toy.root, "hint d")
    assert (told.stdout.strip(), told.stderr) == ("", "")


def completed(folder, typed):
    """What the command offers bash, and says where it would import torch."""
    words = f"autograder {typed}"
    asked = {"_AUTOGRADER_COMPLETE": "complete_bash", "COMP_WORDS": words, "COMP_CWORD": str(words.count(" "))}
    program = (
        "import sys; sys.modules['torch'] = None; sys.argv = ['autograder']; from autograder.cli import main; main()"
    )
    command = [sys.executable, "-c", program]
    return subprocess.run(command, cwd=folder, env={**os.environ, **asked}, capture_output=True, text=True)


def test_every_command_has_help(run):
    code, out, _ = run("--help")
    commands = ["grade", "audit", "doctor", "hint", "progress", "solution", "reset", "watch"]
    assert code == 0 and all(re.search(rf"\b{command}\b", out) for command in commands)
    for command in commands:
        code, out, _ = run(command, "--help")
        assert code == 0 and "Usage: " in out
    paragraph = run("grade", "--help")[1].split("PATH is a class")[1].split("\n \n")[0].split("With --roster")[0]
    lines = [line.rstrip() for line in paragraph.strip().splitlines()][1:-2]
    assert lines and all(len(line) > 60 for line in lines), "broken where the terminal ends, not where the source does"


@pytest.mark.usefixtures("zygote")
def test_doctor_names_the_tier_and_what_is_missing(run, monkeypatch):
    from autograder.sandbox import detect

    monkeypatch.setattr(importlib.metadata, "requires", lambda name: ["torch>=2", "no-such-library>=3; extra == 'dev'"])
    code, out, err = run("doctor")
    report = detect()
    assert (code, err) == (0, "") and "A right submission was graded right, and a wrong one wrong." in out
    assert f"tier: {report.tier}" in out
    assert all(primitive.name in out for primitive in report.primitives)
    assert all(f"tier {tier}: " in out for tier in report.missing)
    assert "course " in out and "toy" in out


@pytest.mark.usefixtures("zygote")
@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("torch==1.0.0", f"torch is {version('torch')} here, and the checks are tested with ==1.0.0: pip install -e ."),
        ("no-such-library>=3", "no-such-library is not installed: pip install -e .\n"),
    ],
)
def test_doctor_says_what_is_not_the_version_asked_for(run, monkeypatch, asked, said):
    monkeypatch.setattr(importlib.metadata, "requires", lambda name: ["torch>=2", asked])
    code, out, err = run("doctor")
    assert code == 1 and err.startswith(f"autograder: {said}") and err.count("\n") == 1
    assert ("A right submission" in out) == ("not installed" not in said)


def test_doctor_where_the_engine_or_pytest_is_not_installed(run, monkeypatch):
    with monkeypatch.context() as patched:
        patched.setitem(sys.modules, "packaging.requirements", None)
        assert run("doctor")[::2] == (1, "autograder: pytest is not installed: pip install -e .\n")
    found = importlib.metadata.version
    gone = importlib.metadata.PackageNotFoundError
    monkeypatch.setattr(
        importlib.metadata, "version", lambda name: found(name) if name != "autograder" else (_ for _ in ()).throw(gone)
    )
    assert run("doctor")[::2] == (1, "autograder: The engine itself is not installed: pip install -e .\n")


def broken(sentence):
    def start(*_, **__):
        raise SandboxError(sentence)

    return start


@pytest.mark.usefixtures("zygote")
@pytest.mark.parametrize(
    ("place", "instead", "said"),
    [
        ("grading.prepare.Zygote.start", broken("It did not start."), "Nothing can be graded here: It did not start."),
        ("grading.trial.tempfile.tempdir", "/nowhere", "Nothing can be graded here: /nowhere/"),
        ("grading.trial.collect", lambda *_: [Submission("right", Path(), problem="It is gone.")] * 2, "It is gone."),
        ("class/wrong.py", trial._RIGHT, "a wrong solution earns points."),
        ("class/right.py", trial._WRONG, ") a right solution earns nothing: twice(x) "),
        ("solutions/trial/trial.py", trial._WRONG, "A right solution fails here, outside the sandbox too"),
        ("grading.prepare.grade_many", lambda *_: [(0, None), (1, None)], "was ended twice: is there enough memory?"),
    ],
)
def test_doctor_says_why_nothing_can_be_graded(run, monkeypatch, place, instead, said):
    monkeypatch.setattr(importlib.metadata, "requires", lambda name: ["torch>=2"])
    if place in trial._FILES:
        monkeypatch.setitem(trial._FILES, place, instead)
    else:
        monkeypatch.setattr(f"autograder.{place}", instead)
    code, out, err = run("doctor")
    assert code == 1 and said in err and err.startswith("autograder: ") and err.count("\n") == 1
    assert "A right submission" not in out


def test_doctor_needs_no_course(run, monkeypatch):
    def none():
        raise CourseError("There is no course here.")

    monkeypatch.setattr(students, "find_course", none)
    monkeypatch.setattr(importlib.metadata, "requires", lambda name: ["no-such-library"])
    assert "no course: There is no course here." in run("doctor")[1]


@pytest.mark.usefixtures("zygote")
def test_doctor_says_which_extras_are_not_installed(run, monkeypatch):
    find = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name, *more: None if name == "matplotlib" else find(name))
    out = run("doctor")[1]
    assert f"Python {sys.version_info[0]}.{sys.version_info[1]}" in out
    assert "not installed: pictures of experiments (pip install -e '.[pictures]')" in out


def test_ctrl_c_ends_quietly(run, monkeypatch):
    def interrupt(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(students, "find_course", interrupt)
    code, out, err = run("progress")
    assert code == 130 and out == "" and err.count("\n") == 1


def test_starting_the_command_imports_no_torch(toy):
    done = toy.python("-c", "import sys, autograder.cli; print('torch' in sys.modules)")
    assert done.stdout == "False\n"


def test_nothing_says_to_install_the_engine_by_its_name(repository):
    """A package registry's `autograder` is somebody else's."""
    places = [repository / "README.md"]
    for folder in ("autograder", "exercises"):
        places += [path for path in (repository / folder).rglob("*") if path.suffix in (".py", ".md", ".toml", ".sh")]
    said = re.compile(r"""(?:pip|uv)\s.*install\b[^\n]*['" \t]autograder\b""")
    assert [str(path) for path in places if said.search(path.read_text(encoding="utf-8"))] == []


def test_a_narrow_terminal_cuts_no_score(toy, monkeypatch):
    text = io.StringIO()
    monkeypatch.setattr(screen, "console", Console(file=text, width=80, markup=False))
    names = ["a_name_as_a_learning_platform_makes_them_121212_late_ann_lee", "bob"]
    reports = [toy.report(toy.with_double("return x * x"), name=name) for name in names]
    screen.grades_table([dataclasses.replace(report, score=12.3456, max_score=100.0) for report in reports])
    told = text.getvalue()
    assert "…" not in told and told.count("12.35") == 2 and re.search(r"score\W+of\W+passed\W+failed\W+to do", told)
    assert "".join(re.findall(r"^│ (\S*)", told, flags=re.MULTILINE)) == "".join(names)


def test_watch_runs_the_checks_after_a_save(toy):
    with toy.start("-m", "autograder", "watch", "toy") as watching, ended_in_any_case(watching):
        first = list(until(watching, "0 of 7 points"))
        assert first[0].startswith("Watching exercises/toy; save a file to run its checks")
        toy.solve(toy.reference)
        seen = first + list(until(watching, "7 of 7 points"))
        watching.send_signal(signal.SIGINT)
        rest, errors = watching.communicate()
    assert watching.returncode == 0 and errors == ""
    assert "warning" not in "".join([*seen, rest])


@contextmanager
def ended_in_any_case(process):
    """What is not said in minutes is never said; a test that waits for it must end."""
    timer = threading.Timer(300, process.kill)
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        process.kill()


def until(process, said):
    """The lines that a process prints, up to one that says this."""
    for line in process.stdout:
        yield line
        if said in line:
            return
    raise AssertionError(f"it ended without saying {said!r}")


def test_nothing_of_the_working_directory_is_taken(toy, monkeypatch):
    """Whoever grades may stand in what somebody handed in, which looks like a course and like libraries."""
    planted = "open('ran', 'w').close()\nraise SystemExit(7)\n"
    for name in ("torch", "typer", "rich", "tomllib"):
        toy.write(f"{name}.py", planted)
    toy.write("exercises/toy/checks/conftest.py", planted)
    toy.write("pyproject.toml", "[tool.pytest.ini_options]\naddopts = '--no-such-option'\n")
    command = [sys.executable, "-m", "autograder", "stubs", "--check"]
    done = subprocess.run(command, cwd=toy.root, capture_output=True, text=True)
    own = Path(cli.__file__).resolve().parents[2]
    assert (done.returncode, done.stderr) == (0, "") and f"The course is {own}." in done.stdout.replace("\n", "")
    assert not (toy.root / "ran").exists()


def test_an_engine_without_a_course_asks_for_one(tmp_path, monkeypatch):
    monkeypatch.setattr(lessons, "__file__", str(tmp_path / "site-packages/autograder/common/lessons.py"))
    with pytest.raises(CourseError, match="say which one with --course DIR"):
        lessons.named_course(None)
    with pytest.raises(CourseError, match="There is no course in"):
        lessons.named_course(tmp_path)
