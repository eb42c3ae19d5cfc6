"""The machinery of experiments, on a toy lesson: found by looking, run, judged, kept; how it says what is wrong."""

import json
import sys
import textwrap

import pytest

from autograder import cli, experiments
from autograder.cli import screen
from autograder.common.errors import CourseError
from autograder.common.lessons import load_course

LESSON = """
title = "Toy"
order = 1
summary = "A lesson of two exercises"

[exercises.double]
points = 1
minutes = 1
hints = ["a", "b", "c"]

[exercises.quadruple]
points = 1
minutes = 1
needs = ["double"]
hints = ["a", "b", "c"]
"""

STUB = """
def double(x):
    raise NotImplementedError("double")


def quadruple(x):
    raise NotImplementedError("quadruple")
"""

REFERENCE = """
def double(x):
    return 2 * x


def quadruple(x):
    return double(double(x))
"""

EXPERIMENTS = """
import torch

from autograder.experiments import Result, Unfit, Verdict, experiment, require


@experiment("Four times a number is more than it", needs=("quadruple",))
def grows(lesson, backbone, seed, track):
    drawn = torch.rand(()).item()
    values = [lesson.quadruple(seed + step + 1) for step in track(range(3), "counting")]
    return Result(
        columns=("step", "value"),
        rows=list(enumerate(values)),
        verdicts=[Verdict(values[0] > seed + 1, f"{values[0]} is more than {seed + 1}")],
        numbers={"first": values[0], "drawn": drawn, "tensor": torch.tensor(1.5), "list": values},
        draw=lambda axes: axes.plot(values),
    )


@experiment("It stays small")
def small(lesson, backbone, seed, track):
    return Result(("seed",), [(seed,)], [Verdict(True, "fine"), Verdict(seed < 1, f"{seed} is small")], {"seed": seed})


@experiment("Only large models")
def for_large_models(lesson, backbone, seed, track):
    if backbone.name != "large":
        raise Unfit("It takes a large model.")
    return Result((), [], [Verdict(True, "large")], {})


@experiment("A good base model")
def demanding(lesson, backbone, seed, track):
    require(False, "it knows 3 capitals of 181.")


@experiment("An experiment with a mistake")
def mistaken(lesson, backbone, seed, track):
    return 1 / 0


@experiment("It loads a model")
def loads(lesson, backbone, seed, track):
    (first, _), (second, _) = backbone(), backbone()
    with torch.no_grad():
        first.weight.zero_()
    return Result((), [], [Verdict(second.weight.abs().sum().item() > 0, "a fresh copy each time")], {})
"""


@pytest.fixture
def course(tmp_path, monkeypatch):
    """A course of one toy lesson, with the reference, as the working directory."""
    for path, text in {
        "exercises/toy/lesson.toml": LESSON,
        "exercises/toy/toy.py": STUB,
        "exercises/toy/experiments.py": EXPERIMENTS,
        "solutions/toy/toy.py": REFERENCE,
    }.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def command(course, monkeypatch, capsys):
    """Runs `autograder experiment ...`; gives exit code, output and errors as one line each."""
    monkeypatch.setattr(screen, "console", screen.Console(width=100, markup=False, emoji=False))

    def run(*arguments):
        monkeypatch.setattr(sys, "argv", ["autograder", "experiment", *arguments])
        with pytest.raises(SystemExit) as stop:
            cli.main()
        printed = capsys.readouterr()
        return stop.value.code or 0, printed.out, printed.err

    return run


def written(course, name):
    return json.loads((course / "results" / "toy" / f"{name}.json").read_text())


def test_they_are_found_in_the_order_of_the_file(course):
    found = experiments.find_experiments(load_course(course).lesson("toy"))
    assert list(found) == ["grows", "small", "for_large_models", "demanding", "mistaken", "loads"]
    assert found["grows"].needs == ("quadruple",)


def test_a_claim_that_holds_prints_table_and_verdict_and_is_kept(course, command):
    code, out, _ = command("toy/grows", "--submission", "solutions")
    assert code == 0
    assert "grows: Four times a number is more than it" in out
    assert "value" in out and "12" in out
    assert "holds: 4 is more than 1 (" in out
    assert "1 of 1 claims hold" in out
    kept = written(course, "grows")
    assert kept["state"] == "holds" and kept["backbone"] == "tiny" and kept["submission"] == "solutions/toy/toy.py"
    assert kept["seeds"][0]["rows"] == [[0, 4], [1, 8], [2, 12]]
    assert kept["seeds"][0]["verdicts"] == [{"holds": True, "figure": "4 is more than 1"}]
    assert kept["seeds"][0]["numbers"]["tensor"] == 1.5
    assert kept["seeds"][0]["seconds"] >= 0
    assert "<svg" in (course / "results/toy/grows.svg").read_text()


def test_the_same_seed_gives_the_same_figures_and_picture(course, command):
    command("toy/grows", "--submission", "solutions", "--out", "one")
    command("toy/grows", "--submission", "solutions", "--out", "two")
    assert (course / "one/grows.svg").read_bytes() == (course / "two/grows.svg").read_bytes()
    drawn = [json.loads((course / folder / "grows.json").read_text())["seeds"][0]["numbers"]["drawn"]
             for folder in ("one", "two")]  # fmt: skip
    assert drawn[0] == drawn[1]


def test_a_claim_must_hold_with_every_seed(course, command):
    code, out, _ = command("toy/small", "--submission", "solutions")
    assert code == 0
    code, out, _ = command("toy/small", "--submission", "solutions", "--seeds", "3")
    assert code == 1
    assert "holds: seed 0, 0 is small" in out and "FAILS: seed 2, 2 is small" in out
    assert "over 3 seeds" in out
    assert written(course, "small")["spread"]["seed"] == {"min": 0, "median": 1, "max": 2}


def test_without_a_submission_an_unwritten_exercise_is_shown_with_the_reference(course, command):
    code, out, _ = command("toy/grows")
    assert code == 0
    assert "note: double is not written yet: shown with the reference." in out
    assert written(course, "grows")["submission"] == "solutions/toy/toy.py"


def test_without_a_submission_a_written_exercise_is_the_one_that_runs(course, command):
    (course / "exercises/toy/toy.py").write_text(REFERENCE.replace("2 * x", "2 * x + 100"))
    code, out, _ = command("toy/grows")
    assert code == 0
    assert "note" not in out
    assert written(course, "grows")["seeds"][0]["numbers"]["first"] == 2 * 102 + 100


@pytest.mark.parametrize("arguments", [("--submission", "exercises"), ()])
def test_an_unwritten_exercise_is_to_do(course, command, arguments):
    if not arguments:  # a student's repository has no solutions
        (course / "solutions/toy/toy.py").unlink()
    (course / "exercises/toy/toy.py").write_text(STUB.replace('raise NotImplementedError("double")', "return 2 * x"))
    code, out, _ = command("toy", *arguments)
    assert code == 1
    needed = "quadruple is not written yet in exercises/toy/toy.py; a hint: autograder hint quadruple"
    assert f"to do: {needed}" in out
    assert "holds: fine" in out  # what needs nothing still runs
    assert written(course, "grows")["state"] == "todo"


def test_an_exercise_that_is_written_but_calls_an_unwritten_one_is_to_do(course, command):
    code = 'def double(x):\n    return helper(x)\n\n\ndef helper(x):\n    raise NotImplementedError("later")\n'
    (course / "mine.py").write_text(code + "\n\ndef quadruple(x):\n    return double(double(x))\n")
    code, out, _ = command("toy/grows", "--submission", "mine.py")
    assert code == 1
    assert "to do: mine.py:6 is not written yet (helper)." in out


def test_wrong_code_fails_its_claim_and_says_the_line(course, command):
    (course / "mine.py").write_text(REFERENCE.replace("2 * x", "2 * x / 0"))
    code, out, _ = command("toy/grows", "--submission", "mine.py")
    assert code == 1
    assert "FAILS: double raises at mine.py:3: ZeroDivisionError: division by zero" in out

    (course / "mine.py").write_text(REFERENCE.replace("2 * x", "x / 9"))
    code, out, _ = command("toy/grows", "--submission", "mine.py")
    assert code == 1
    assert "FAILS: 0.0123" in out and "0 of 1 claims hold" in out


def test_an_unfit_backbone_is_a_sentence_and_no_failure(course, command):
    code, out, _ = command("toy/for_large_models", "--submission", "solutions")
    assert code == 0
    assert "not here: It takes a large model." in out
    assert "0 of 0 claims hold, 1 are not for this backbone." in out
    assert written(course, "for_large_models")["state"] == "unfit"
    code, out, _ = command("toy/for_large_models", "--submission", "solutions", "--backbone", "large")
    assert code == 0 and "holds: large" in out


def test_an_incompetent_base_model_and_a_broken_experiment_are_errors(course, command):
    code, out, _ = command("toy/demanding", "--submission", "solutions")
    assert code == 1
    assert "error: The base model is not fit for this: it knows 3 capitals of 181." in out
    code, out, _ = command("toy/mistaken", "--submission", "solutions")
    assert code == 1
    line = 1 + EXPERIMENTS[: EXPERIMENTS.index("1 / 0")].count("\n")
    assert f"error: It stops at experiments.py:{line}: ZeroDivisionError: division by zero." in out


def test_a_backbone_gives_a_fresh_copy_each_time(course, command, monkeypatch):
    from torch import nn

    backbone = pytest.importorskip("autograder.backbone")
    monkeypatch.setattr(backbone, "load_backbone", lambda name: (nn.Linear(3, 2), None))
    code, out, _ = command("toy/loads")
    assert code == 0 and "a fresh copy each time" in out


def test_a_missing_backbone_is_one_sentence(course, command):
    pytest.importorskip("autograder.backbone")
    code, _, err = command("toy/loads", "--backbone", "./nowhere")
    assert code == 2
    assert err.startswith("autograder: There is no folder './nowhere'") and err.count("\n") == 1


def test_without_matplotlib_everything_else_is_there(course, command, monkeypatch):
    real = experiments.importlib.util.find_spec
    monkeypatch.setattr(
        experiments.importlib.util, "find_spec", lambda name, *rest: None if name == "matplotlib" else real(name, *rest)
    )
    code, out, _ = command("toy/grows", "--submission", "solutions")
    assert code == 0
    assert "No pictures without matplotlib: pip install" in out
    assert written(course, "grows")["state"] == "holds"
    assert not (course / "results/toy/grows.svg").exists()


def test_a_picture_can_be_png_or_none(course, command):
    command("toy/grows", "--submission", "solutions", "--picture", "png")
    assert (course / "results/toy/grows.png").read_bytes().startswith(b"\x89PNG")
    command("toy/grows", "--submission", "solutions", "--picture", "none", "--out", "bare")
    assert [path.name for path in (course / "bare").iterdir()] == ["grows.json"]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("nothing",), "There is no lesson 'nothing'; the lessons are: toy."),
        (("toy/nothing",), "There is no experiment 'nothing' in toy; there are: grows, small, for_large_models,"),
        (("toy", "--submission", "nowhere"), "There is nothing at nowhere"),
        (("toy/grows", "--submission", "broken.py"), "broken.py:1 is not valid Python"),
        (("toy", "--picture", "gif"), "There is no picture format 'gif'"),
        (("toy", "--out", "broken.py"), "Nothing can be written to broken.py (File exists): give another --out."),
    ],
)
def test_usage_errors_are_one_sentence(course, command, arguments, sentence):
    (course / "broken.py").write_text("def double(:\n")
    code, _, err = command(*arguments)
    assert code == 2
    assert sentence in err and err.count("\n") == 1


def test_a_lesson_without_experiments_says_so(course):
    lesson = load_course(course).lesson("toy")
    for text, sentence in {
        None: "has no experiments: there is no",
        "x = 1": "marks no function with @experiment",
        "import nothing_of_this_name": "can't be loaded: ModuleNotFoundError",
        EXPERIMENTS.replace('needs=("quadruple",)', 'needs=("triple",)'): "grows needs 'triple', which is no exercise",
    }.items():
        path = course / "exercises/toy/experiments.py"
        path.unlink(missing_ok=True)
        if text is not None:
            path.write_text(text)
        with pytest.raises(CourseError, match=sentence):
            experiments.find_experiments(lesson)


def test_only_drawing_imports_matplotlib(course):
    import subprocess

    code = textwrap.dedent("""
        import sys
        from autograder import cli, experiments
from autograder.cli import screen
        from autograder.lessons import find_course
        experiments.find_experiments(find_course().lesson("toy"))
        assert "matplotlib" not in sys.modules
    """)
    subprocess.run([sys.executable, "-c", code], check=True, cwd=course)
