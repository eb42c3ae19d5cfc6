"""The machinery of experiments, on a toy lesson: found by looking, run, judged, kept; how it says what is wrong."""

import json
import shutil
import sys
import textwrap

import pytest

from autograder import cli, experiments
from autograder.backbone import folders
from autograder.checking.submission import resolve
from autograder.cli import screen
from autograder.common.errors import CourseError
from autograder.common.lessons import load_course

LESSON = """
title = "Toy"
order = 1
summary = "A lesson of two exercises"
experiments = ["grows", "small", "for_large_models", "demanding", "mistaken", "loads"]

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

EXPERIMENTS = {
    "grows": """
import torch

from ._shared import COUNT, values_of

CLAIM = "Four times a number is more than it"
NEEDS = ("quadruple",)
COLUMNS = ("step", "value")


def measure(student, backbone, seed, track):
    drawn = torch.rand(()).item()
    values = [student.quadruple(seed + step + 1) for step in track(range(COUNT), "counting")]
    ends = {"first": values[0], "last": values[-1], "all": values}
    return {
        "drawn": drawn, "value": ends, "at": {0.5: {"x": 1}, 2.0: 3}, "tensor": torch.tensor(1.5),
        "values": values_of(values), "whole": True, "named": "four",
    }


def rows(figures):
    return enumerate(figures.values)


def claims(figures):
    yield torch.tensor(figures.value["first"] > 1), f"{figures.value['first']} is more than 1"


def draw(axes, figures):
    axes.plot(figures.values)
""",
    "_shared": """
COUNT = 3


def values_of(values):
    return list(values)
""",
    "small": """
CLAIM = "It stays small"
NEEDS = ()
COLUMNS = ("seed",)


def measure(student, backbone, seed, track):
    return {"seed": seed}


def rows(figures):
    return [(figures.seed,)]


def claims(figures):
    yield True, "fine"
    yield figures.seed < 1, f"{figures.seed} is small"
""",
    "for_large_models": """
from autograder.experiments import Unfit

CLAIM = "Only large models"
NEEDS = ()
COLUMNS = ()


def measure(student, backbone, seed, track):
    if backbone.name != "large":
        raise Unfit("It takes a large model.")
    return {}


def rows(figures):
    return []


def claims(figures):
    yield True, "large"
""",
    "demanding": """
from autograder.experiments import require

CLAIM = "A good base model"
NEEDS = COLUMNS = ()
rows = claims = list


def measure(student, backbone, seed, track):
    require(False, "it knows 3 capitals of 181.")
""",
    "mistaken": """
CLAIM = "An experiment with a mistake"
NEEDS = COLUMNS = ()
rows = claims = list


def measure(student, backbone, seed, track):
    return {"x": 1 / 0}
""",
    "loads": """
import torch

CLAIM = "It loads a model"
NEEDS = COLUMNS = ()


def measure(student, backbone, seed, track):
    (first, _), (second, _) = backbone(), backbone()
    with torch.no_grad():
        first.weight.zero_()
    return {"left": second.weight.abs().sum().item()}


def rows(figures):
    return []


def claims(figures):
    yield figures.left > 0, "a fresh copy each time"
""",
}
ORDER = ["grows", "small", "for_large_models", "demanding", "mistaken", "loads"]


@pytest.fixture
def course(tmp_path, monkeypatch):
    """A course of one toy lesson, with the reference, as the working directory."""
    for path, text in {
        "exercises/toy/lesson.toml": LESSON,
        "exercises/toy/toy.py": STUB,
        **{f"exercises/toy/experiments/{name}.py": text for name, text in EXPERIMENTS.items()},
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
    return json.loads((course / "results/toy/experiments" / f"{name}.json").read_text())


def lesson_of(course):
    load_course.cache_clear()
    return load_course(course).lesson("toy")


def listing(course, *names):
    """Let the lesson list these claims only."""
    text = LESSON.replace(f"experiments = {json.dumps(ORDER)}\n", f"experiments = {json.dumps(names)}\n")
    (course / "exercises/toy/lesson.toml").write_text(text)
    return lesson_of(course)


def test_they_are_found_in_the_order_of_the_lessons_data(course):
    found = experiments.find_experiments(lesson_of(course))
    assert list(found) == ORDER
    assert found["grows"].needs == ("quadruple",) and found["grows"].claim == "Four times a number is more than it"
    found = experiments.find_experiments(listing(course, "small", "mistaken"))
    assert list(found) == ["small", "mistaken", "demanding", "for_large_models", "grows", "loads"]
    assert list(experiments.find_experiments(listing(course))) == sorted(ORDER)


def test_files_are_read_anew_and_so_is_what_they_share(course):
    assert experiments.find_experiments(lesson_of(course))["grows"].module.COUNT == 3
    (course / "exercises/toy/experiments/_shared.py").write_text(EXPERIMENTS["_shared"].replace("3", "5 * 1"))
    assert experiments.find_experiments(lesson_of(course))["grows"].module.COUNT == 5


def test_a_long_claim_is_measured_only_when_it_is_named(course, command):
    path = course / "exercises/toy/lesson.toml"
    path.write_text(LESSON.replace("[exercises.double]", "[claims.grows]\nminutes = 12\n\n[exercises.double]"))
    _, out, _ = command("toy", "--submission", "solutions")
    assert "Left out, as it takes about 12 minutes: autograder experiment toy/grows\n" in out
    assert "grows: Four times" not in out and "small: It stays small" in out
    code, out, _ = command("toy/grows", "--submission", "solutions")
    assert code == 0 and "grows: Four times" in out and "Left out" not in out


def test_a_claim_may_use_other_lessons_which_its_lesson_does_not(course, command):
    other = course / "exercises/other"
    other.mkdir()
    (other / "lesson.toml").write_text(
        LESSON.replace(f"experiments = {json.dumps(ORDER)}\n", "").replace("double", "halve").replace("quad", "q")
    )
    (other / "other.py").write_text("def halve(x):\n    return x / 2\n")
    claim = EXPERIMENTS["small"].replace('"seed": seed', '"seed": 0, "found": str(student.__tools__.halve)')
    (course / "exercises/toy/experiments/small.py").write_text(claim)
    assert command("toy/small", "--submission", "exercises")[0] == 0
    assert written(course, "small")["seeds"][0]["numbers"]["found"] == "None"
    path = course / "exercises/toy/lesson.toml"
    more = '[claims.small]\nuses = ["nowhere", "other"]\n\n[exercises.double]'
    path.write_text(LESSON.replace("[exercises.double]", more))
    assert lesson_of(course).uses == {}, "nothing more comes along with what is handed in"
    assert command("toy/small", "--submission", "exercises")[0] == 0
    assert "function halve" in written(course, "small")["seeds"][0]["numbers"]["found"]


def test_a_script_may_load_one_file(course):
    folder = course / "exercises/toy/experiments"
    assert experiments.load_file(folder / "_shared.py").COUNT == 3
    assert experiments.load_file(folder / "grows.py").values_of((1, 2)) == [1, 2]
    with pytest.raises(CourseError, match=r"nowhere\.py can't be loaded: ModuleNotFoundError"):
        experiments.load_file(folder / "nowhere.py")


def test_files_of_two_lessons_may_share_a_name(course):
    found = experiments.find_experiments(lesson_of(course))["grows"]
    place = course / "exercises/other/experiments"
    place.mkdir(parents=True)
    (place / "_shared.py").write_text("COUNT = 7\n")
    assert experiments.load_file(place / "_shared.py").COUNT == 7 and found.module.COUNT == 3


def test_which_figures_are_kept(course, command):
    command("toy/grows", "--submission", "solutions")
    numbers = written(course, "grows")["seeds"][0]["numbers"]
    assert numbers.pop("drawn") == pytest.approx(0.4962566, abs=1e-6), "torch's first draw after manual_seed(0)"
    assert numbers == {
        "value_first": 4, "value_last": 12, "at_0.5_x": 1, "at_2": 3, "whole": True, "named": "four"
    }  # fmt: skip


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
    assert "tensor" not in kept["seeds"][0]["numbers"], "a number of torch is none: say .item()"
    assert kept["seeds"][0]["seconds"] >= 0
    assert "<svg" in (course / "results/toy/experiments/grows.svg").read_text()


def edit(course, path, old, new):
    text = (course / path).read_text()
    assert old in text
    (course / path).write_text(text.replace(old, new))


def key(course, name):
    lesson = lesson_of(course)
    files = resolve(course / "solutions", "toy", lesson.uses).files
    return experiments.key_of(experiments.find_experiments(lesson)[name], files)


DECIDE = {
    "its file": ("exercises/toy/experiments/grows.py", "seed + step + 1", "seed + step + 2"),
    "what it shares": ("exercises/toy/experiments/_shared.py", "COUNT = 3", "COUNT = 4"),
    "an exercise that it needs": ("solutions/toy/toy.py", "double(double(x))", "4 * x"),
    "what that exercise needs": ("solutions/toy/toy.py", "2 * x", "x + x"),
}
DECIDE_NOTHING = {
    "another claim": ("exercises/toy/experiments/small.py", "small", "tiny"),
    "a comment": ("exercises/toy/experiments/grows.py", "CLAIM =", "# what it says\nCLAIM ="),
    "a docstring": ("solutions/toy/toy.py", "def double(x):", 'def double(x):\n    """Twice."""'),
    "what it does not need": ("solutions/toy/toy.py", "def double(x):", "UNASKED = 1\n\n\ndef double(x):"),
}


@pytest.mark.parametrize(("change", "decides"), [*((c, True) for c in DECIDE), *((c, False) for c in DECIDE_NOTHING)])
def test_a_key_changes_with_what_decides_the_figures(course, change, decides):
    before = key(course, "grows")
    assert key(course, "grows") == before
    edit(course, *(DECIDE | DECIDE_NOTHING)[change])
    assert (key(course, "grows") != before) is decides


def test_a_key_changes_with_the_model_the_engines_part_and_a_librarys_minor_version(course, tmp_path, monkeypatch):
    edit(course, "exercises/toy/experiments/grows.py", "import torch\n", "from autograder.finetuning import torch\n")
    keys = [key(course, "grows")]
    tiny = shutil.copytree(folders.TINY_FOLDER, tmp_path / "backbone/tiny")
    (tiny / "config.json").write_text("{}")
    monkeypatch.setattr(folders, "TINY_FOLDER", tiny)
    keys.append(key(course, "grows"))
    monkeypatch.setattr(experiments, "installed_versions", lambda: ("torch 2.13.0", "peft 1.2.3"))
    keys.append(key(course, "grows"))
    monkeypatch.setattr(experiments, "installed_versions", lambda: ("torch 2.13.1", "peft 1.2.4"))
    assert key(course, "grows") == keys[-1]
    monkeypatch.setattr(experiments, "installed_versions", lambda: ("torch 2.14.0", "peft 1.2.3"))
    keys.append(key(course, "grows"))
    monkeypatch.setattr(experiments, "_MEASURES_WITH", ())
    keys.append(key(course, "grows"))
    assert len(set(keys)) == 5


def test_the_key_is_kept_and_is_that_of_the_code_that_ran(course, command):
    command("toy/grows", "--submission", "solutions", "--picture", "none")
    assert written(course, "grows")["key"] == key(course, "grows")
    edit(course, "solutions/toy/toy.py", "2 * x", "3 * x")
    command("toy/grows", "--submission", "solutions", "--picture", "none")
    assert written(course, "grows")["key"] == key(course, "grows")


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
    assert written(course, "grows")["seeds"][0]["numbers"]["value_first"] == 2 * 102 + 100


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
    line = 1 + EXPERIMENTS["mistaken"].split("1 / 0")[0].count("\n")
    assert f"error: It stops at mistaken.py:{line}: ZeroDivisionError: division by zero." in out


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
    assert not (course / "results/toy/experiments/grows.svg").exists()


def test_a_picture_can_be_png_or_none(course, command):
    command("toy/grows", "--submission", "solutions", "--picture", "png")
    assert (course / "results/toy/experiments/grows.png").read_bytes().startswith(b"\x89PNG")
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
    for path in (course / "exercises/toy/experiments").glob("[!_]*.py"):
        path.unlink()
    with pytest.raises(
        CourseError, match=r"The lesson toy has no experiments: there is no .*/experiments/CLAIM\.py\.$"
    ):
        experiments.find_experiments(lesson_of(course))


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (
            "CLAIM = 'c'\nNEEDS = ()\n",
            r"grows\.py lacks COLUMNS, measure, rows, claims: `autograder\.experiments` says",
        ),
        ("import nothing_of_this_name\n", r"grows\.py can't be loaded: ModuleNotFoundError: "),
        ("def measure(:\n", r"grows\.py can't be loaded: SyntaxError: "),
        ("from ._nothing import x\n", r"grows\.py can't be loaded: ModuleNotFoundError: "),
        (
            EXPERIMENTS["grows"].replace('("quadruple",)', '("triple",)'),
            r"grows\.py needs 'triple', which is no exercise",
        ),
    ],
)
def test_a_claim_that_is_not_whole_is_said(course, text, sentence):
    (course / "exercises/toy/experiments/grows.py").write_text(text)
    with pytest.raises(CourseError, match=sentence) as caught:
        experiments.find_experiments(lesson_of(course))
    assert "\n" not in str(caught.value)


def test_a_listed_claim_without_a_file_is_said(course):
    (course / "exercises/toy/experiments/small.py").unlink()
    with pytest.raises(CourseError, match=r"lesson\.toml lists the experiment small, but there is no such file\.$"):
        experiments.find_experiments(lesson_of(course))


def test_only_drawing_imports_matplotlib(course):
    import subprocess

    code = textwrap.dedent("""
        import sys
        from autograder import cli, experiments
        from autograder.scripts import find_course
        experiments.find_experiments(find_course().lesson("toy"))
        assert "matplotlib" not in sys.modules
    """)
    subprocess.run([sys.executable, "-c", code], check=True, cwd=course)
