"""The scripts in the lessons' folders, as typed: what is missing is one sentence, and exit code 2."""

import os
import re
import runpy
import shutil
import sys
from pathlib import Path

import pytest

from autograder.scripts import CourseError, load_module, run_script, svg_pyplot

EXERCISES = Path(__file__).resolve().parents[2] / "exercises"
REAL_RUNS = sorted(path.parent.name for path in EXERCISES.glob("*/real_run.py"))
PICTURES = sorted(path.parents[1].name for path in EXERCISES.glob("*/pictures/draw.py"))


@pytest.fixture
def script(repository, tmp_path, monkeypatch, capsys):
    """Gives `script(lesson, file, *arguments)`: exit code and stderr of a script of an untouched lesson."""

    def call(lesson, file, *arguments):
        for part in ("exercises", "solutions"):  # the other lessons are there, out of the way
            if not (tmp_path / part).exists():
                shutil.copytree(repository / part, tmp_path / part, ignore=shutil.ignore_patterns("__pycache__"))
        monkeypatch.chdir(tmp_path)
        monkeypatch.setattr(sys, "argv", [file, *arguments])
        code = 0
        try:
            runpy.run_path(str(tmp_path / "exercises" / lesson / file), run_name="__main__")
        except SystemExit as ended:
            code = ended.code
        return code, capsys.readouterr().err

    return call


def assert_one_sentence(result, *words):
    code, err = result
    assert code == 2 and re.fullmatch(r"[^\n]+\n", err), err
    for word in words:
        assert word in err


def takes(lesson, option):
    return f'"{option}"' in (EXERCISES / lesson / "real_run.py").read_text()


def real_thing(lesson, name):
    """What the run takes from outside: a model, the files of GPT-2's tokenizer, or a text, for which it has its own."""
    for option in ("--backbone", "--gpt2"):
        if takes(lesson, option):
            return [option, name]
    return ["--shape", "small"] if name == "tiny" else ["--text", name]


@pytest.mark.parametrize("lesson", REAL_RUNS)
def test_a_real_run_of_what_is_not_written(script, lesson):
    out = ["--out", "runs"]
    told = f"is not written yet in {os.path.join('exercises', lesson, lesson)}.py; a hint: autograder hint "
    more = ["--data", "tiny"] if takes(lesson, "--data") else []
    assert_one_sentence(script(lesson, "real_run.py", *real_thing(lesson, "tiny"), *more, *out), told)


@pytest.mark.parametrize("lesson", REAL_RUNS)
def test_a_real_run_of_a_model_that_is_not_there(script, lesson):
    reference = f"solutions/{lesson}/{lesson}.py"
    arguments = [*real_thing(lesson, "./nowhere"), "--lesson", reference, "--out", "runs"]
    assert_one_sentence(script(lesson, "real_run.py", *arguments), "nowhere")


@pytest.mark.parametrize("lesson", PICTURES)
def test_a_picture_of_what_is_not_written(script, lesson, tmp_path):
    """One that shows a table of the student's may be drawn with gaps."""
    out = tmp_path / "drawn"
    out.mkdir()
    code, err = script(lesson, "pictures/draw.py", "--out", str(out))
    if code == 0:
        names = {path.name for path in (EXERCISES / lesson / "pictures").glob("*.svg")}
        assert {path.name for path in out.iterdir()} == names
        assert any(">?</text>" in path.read_text() for path in out.iterdir())
        return
    told = f"is not written yet in exercises/{lesson}/{lesson}.py; a hint: autograder hint "
    assert_one_sentence((code, err), told)


@pytest.mark.parametrize("lesson", PICTURES)
def test_pictures_without_matplotlib(script, lesson, monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib", None)  # as if it weren't installed
    assert_one_sentence(script(lesson, "pictures/draw.py"), "need matplotlib: pip install -e '.[pictures]'")


def test_a_file_that_is_not_there(script):
    said = script(PICTURES[0], "pictures/draw.py", "--lesson", "nowhere.py")
    assert_one_sentence(said, "nowhere.py: No such file")


def test_what_else_goes_wrong_keeps_its_traceback():
    for error in (NotImplementedError("later"), OSError("no file"), ZeroDivisionError("x")):

        def main(error=error):
            raise error

        with pytest.raises(type(error)):
            run_script(main)


def test_pictures_are_set_to_be_the_same_every_time():
    plt = svg_pyplot("toy", 11)
    assert plt.rcParams["svg.hashsalt"] == "toy" and plt.rcParams["font.size"] == 11


def test_a_file_is_loaded_as_a_module(tmp_path):
    (tmp_path / "own.py").write_text("value = 3\n")
    assert load_module(tmp_path / "own.py", "own").value == 3
    with pytest.raises(CourseError, match="notes.txt is not a Python file"):
        load_module(tmp_path / "notes.txt", "notes")
    with pytest.raises(FileNotFoundError):
        load_module(tmp_path / "gone.py", "gone")


def test_a_module_that_is_loaded_may_have_a_dataclass(tmp_path, monkeypatch):
    """Where annotations are texts, it asks for its own module by name."""
    monkeypatch.setitem(sys.modules, "sized", None)  # and taken away afterwards
    lines = ("from __future__ import annotations", "from dataclasses import dataclass", "@dataclass", "class Size:")
    (tmp_path / "sized.py").write_text("\n".join([*lines, "    width: int\n"]))
    assert load_module(tmp_path / "sized.py", "sized").Size(3).width == 3
