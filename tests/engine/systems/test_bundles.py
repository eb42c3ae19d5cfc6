"""The exports that bring our own grader along: run as their systems run them, in a folder of their own."""

import json
import os
import stat
import subprocess
import sys
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from autograder.checking.submission import Submission
from autograder.systems import Settings, export, names
from autograder.systems._uploads import the_submission

SEED = "autumn-7319-for-this-test-alone"
SECRET_FOLDERS = ("tests/misconceptions/", "tests/alternatives/", "tests/attacks/", "tests/engine/")


DUE = datetime(2026, 3, 1, 23, 59, tzinfo=UTC)


def metadata(late=timedelta(0), previous=()):
    return {
        "created_at": (DUE + late).isoformat(),
        "assignment": {"due_date": DUE.isoformat(), "late_due_date": None},
        "users": [{"id": 1, "email": "ann@example.org", "name": "Ann"}],
        "previous_submissions": [{"submission_time": DUE.isoformat(), "score": score} for score in previous],
    }


def run(*command, **environment):
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST", "PYTHON"))}
    kept |= {"AUTOGRADER_PYTHON": sys.executable, **{name: str(value) for name, value in environment.items()}}
    return subprocess.run([*map(str, command)], env=kept, capture_output=True, text=True)


# --- gradescope -----------------------------------------------------------------------------------------------------


@pytest.fixture
def container(toy, tmp_path):
    """A root like Gradescope's `/autograder`, its archive unpacked as Gradescope does it."""
    policy = {"late_per_day": 0.5, "attempts": 3}
    export("gradescope", toy.course, toy.lesson, tmp_path / "out", Settings(SEED, None, policy))
    root = tmp_path / "autograder"
    for folder in ("source", "submission", "results"):
        (root / folder).mkdir(parents=True)
    with zipfile.ZipFile(tmp_path / "out/toy-gradescope.zip") as archive:
        for entry in archive.infolist():
            archive.extract(entry, root / "source")
            (root / "source" / entry.filename).chmod(entry.external_attr >> 16)
    (root / "submission_metadata.json").write_text(json.dumps(metadata()))
    return root


def graded(root, valid):
    done = run(root / "source/run_autograder", AUTOGRADER_ROOT=root)
    assert done.returncode == 0, done.stderr
    return valid.gradescope((root / "results/results.json").read_text())


def test_the_archive(toy, tmp_path):
    for name, seed in (("one", SEED), ("two", SEED), ("three", ""), ("four", "")):
        export("gradescope", toy.course, toy.lesson, tmp_path / name, Settings(seed))
    archives = [(tmp_path / name / "toy-gradescope.zip").read_bytes() for name in ("one", "two", "three", "four")]
    assert archives[0] == archives[1], "the same files and seed give the same archive"
    assert len(set(archives)) == 3, "without a seed each archive has its own"
    with zipfile.ZipFile(tmp_path / "one/toy-gradescope.zip") as archive:
        modes = {entry.filename: entry.external_attr >> 16 for entry in archive.infolist()}
    assert all(stat.S_IMODE(modes[name]) == 0o755 for name in ("setup.sh", "run_autograder"))
    checks = {"test_double.py", "test_quad.py", "test_counter.py"}
    for folder, helper in (("exercises/toy/checks/", "toy_oracles.py"), ("tests/hidden/toy/", "toy_hidden_oracles.py")):
        assert {name.removeprefix(folder) for name in modes if name.startswith(folder)} == checks | {helper}
    assert {"constraints.txt", "solutions/toy/toy.py"} <= set(modes)
    assert not [name for name in modes if name.startswith(SECRET_FOLDERS)]
    for script in ("setup.sh", "run_autograder"):
        source = Path(sys.modules["autograder"].__file__).parent / "systems/gradescope/templates" / script
        assert subprocess.run(["bash", "-n", source]).returncode == 0


PRIVATE = (
    '"""Mine."""\n\nfrom autograder.checks import exercise\n\n\n@exercise("double")\ndef test_own(student):\n    pass\n'
)


def test_private_checks_bring_their_helpers(toy, tmp_path):
    for name in ("test_mine.py", "mine_numbers.py", "more/mine_more.py"):
        toy.write(f"mine/{name}", "x = 1\n")
    toy.write("mine/test_mine.py", PRIVATE)
    export("gradescope", toy.course, toy.lesson, tmp_path / "out", Settings(private=toy.root / "mine"))
    with zipfile.ZipFile(tmp_path / "out/toy-gradescope.zip") as archive:
        found = {name for name in archive.namelist() if name.startswith("private/")}
    assert found == {"private/test_mine.py", "private/mine_numbers.py", "private/more/mine_more.py"}


@pytest.mark.slow
def test_a_container_grades(toy, container, valid):
    """Right, wrong and late, used-up attempts: results.json each time, without the hidden checks' names."""
    (container / "submission/toy.py").write_text(toy.reference)
    found = graded(container, valid)
    assert found["score"] == 7 and found["extra_data"]["tier"] != "none"
    (container / "submission/toy.py").write_text(toy.with_double("return x * x"))
    (container / "submission_metadata.json").write_text(json.dumps(metadata(late=timedelta(hours=1))))
    found = graded(container, valid)
    assert found["score"] == 1 and "Handed in 1 day late: 50% of the points count." in found["output"]
    assert "test_hidden" not in json.dumps(found)
    (container / "submission_metadata.json").write_text(json.dumps(metadata(previous=["1.0", "6.5", "2"])))
    found = graded(container, valid)
    assert found["score"] == 6.5 and found["tests"] == []


@pytest.mark.slow
def test_a_container_that_can_not_grade_writes_no_zero(container):
    (container / "source/settings.json").write_text("{}")
    (container / "submission/toy.py").write_text("x = 1")
    done = run(container / "source/run_autograder", AUTOGRADER_ROOT=container)
    assert done.returncode == 1 and not (container / "results/results.json").exists()
    assert done.stderr.startswith("autograder: ") and "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("files", "found"),
    [
        ({"toy.py": "x"}, "toy/toy.py"),
        ({"my work.py": "x"}, "toy/toy.py"),
        ({"notes.ipynb": "x"}, "toy/toy.ipynb"),
        ({"toy.ipynb": "x", "data.csv": ""}, "toy/toy.ipynb"),
        ({"exercises/toy/toy.py": "x", "README.md": ""}, "toy/toy.py"),
        ({"a.py": "x", "b.py": "x"}, None),
        ({"data.csv": "x"}, None),
        ({}, None),
    ],
)
def test_the_one_submission_among_uploads(tmp_path, files, found):
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    submission = the_submission(tmp_path, "toy")
    assert isinstance(submission, Submission)
    assert list(submission.files) == ([found] if found else [])
    assert bool(submission.problem) == (found is None)


@pytest.mark.parametrize("name", ["toy.py", "exercises/toy/toy.py"])
def test_the_other_lessons_files_come_along(tmp_path, name):
    """A lesson that builds on others is handed in with their files; Gradescope puts them all into one folder."""
    other = name.replace("toy", "lora")
    for file in (name, other):
        (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / file).write_text("x")
    found = the_submission(tmp_path, "toy", ["lora", "gone"])
    assert set(found.files) == {"toy/toy.py", "lora/lora.py"}


# --- classroom 50 and CI --------------------------------------------------------------------------------------------


def test_a_classroom50_bundle_holds_visible_checks_and_their_helpers_only(toy, tmp_path):
    bundle = tmp_path / "bundle"
    export("classroom50", toy.course, toy.lesson, bundle, Settings())
    files = {path.relative_to(bundle).as_posix(): path for path in bundle.rglob("*") if path.is_file()}
    assert {name for name in files if not name.startswith("autograder/") and name.endswith(".py")} == {
        "exercises/toy/checks/test_double.py",
        "exercises/toy/checks/test_quad.py",
        "exercises/toy/checks/test_counter.py",
        "exercises/toy/checks/toy_oracles.py",
    }
    for name, path in files.items():
        assert not name.startswith((*SECRET_FOLDERS, "tests/", "solutions/")) and "hidden_oracles" not in name
        raw = path.read_bytes()
        assert not any(secret in raw for secret in (b"toy_hidden_oracles", b"one_to_two", b"test_hidden_double")), name


@pytest.mark.slow
def test_a_classroom50_bundle(toy, tmp_path, valid):
    export("classroom50", toy.course, toy.lesson, tmp_path / "bundle", Settings())
    names = [path.relative_to(tmp_path / "bundle").as_posix() for path in (tmp_path / "bundle").rglob("*.py")]
    assert not [name for name in names if name.startswith((*SECRET_FOLDERS, "tests/", "solutions/"))]
    (tmp_path / "work").mkdir()
    for source, score in ((toy.reference, 7), ("x = (", 0)):
        (tmp_path / "work/toy.py").write_text(source)
        done = run(tmp_path / "bundle/autograde.sh", tmp_path / "work", tmp_path / "result.json", OWNER="ann")
        assert done.returncode == 0, done.stderr
        found = valid.classroom50((tmp_path / "result.json").read_text())
        assert (found["score"], found["max-score"], found["owner"]) == (score, 7, "ann")


def test_workflows(toy, tmp_path):
    yaml = pytest.importorskip("yaml", reason="PyYAML is not installed")
    export("ci", toy.course, toy.lesson, tmp_path / "ci", Settings())
    github = yaml.safe_load((tmp_path / "ci/.github/workflows/grade-toy.yml").read_text())
    commands = [step.get("run", "") for step in github["jobs"]["grade"]["steps"]]
    (ours,) = (command for command in commands if "autograder grade toy submissions --out results" in command)
    gitlab = yaml.safe_load((tmp_path / "ci/.gitlab-ci.yml").read_text())
    assert gitlab["grade-toy"]["artifacts"]["reports"]["junit"] == "results/toy/junit.xml"
    for script in (ours, gitlab["grade-toy"]["script"][1]):
        assert_grades_with_a_secret_only(script, tmp_path)


def assert_grades_with_a_secret_only(script, folder):
    """Run as the runner runs it, with an `autograder` that tells what it was given."""
    told = '#!/bin/sh\necho told "$@"\nprintenv GRADING_SEED\nfor one; do test -f "$one" && cat "$one"; done\nexit 0\n'
    (folder / "autograder").write_text(told)
    (folder / "autograder").chmod(0o755)
    script = script.replace("/tmp/grading-seed", str(folder / "seed"))
    for seed, code in ((SEED, 0), ("", 2)):
        known = {"PATH": f"{folder}:{os.environ['PATH']}", "RUNNER_TEMP": str(folder), "GRADING_SEED": seed}
        done = subprocess.run(["bash", "-ec", script], env=known, capture_output=True, text=True)
        assert done.returncode == code, done.stderr
        assert ("told" in done.stdout) == bool(seed) and (not seed or done.stdout.split()[-1] == SEED)
        assert done.stdout.count(SEED) == bool(seed), "neither on the command line nor in its environment"
    assert (folder / "seed").stat().st_mode & 0o77 == 0


@pytest.mark.parametrize("system", ["nbgrader", "otter", "ci", "kubernetes", "slurm"])
def test_a_seed_of_the_instructors_goes_nowhere_where_students_can_read_it(toy, command, system):
    toy.write("seed", SEED)
    toy.write("exercises/toy/notebook.py", "# %% setup\n\n# %% exercise double\n")
    code, _, err = command("export", system, "toy", "out", "--seed-file", "seed")
    assert code == 2 and "leave --seed-file out" in err and SEED not in err


def test_an_export_with_a_check_that_the_reference_fails(toy, command):
    toy.write("exercises/toy/notebook.py", "# %% setup\n\n# %% exercise double\n")
    toy.write("solutions/toy/toy.py", toy.with_double("return x"))
    code, _, err = command("export", "nbgrader", "toy", "out")
    assert code == 2 and "own solution of toy fails test_double_adds" in err


@pytest.mark.parametrize("system", ["classroom50", "ci", "kubernetes", "nbgrader", "otter", "slurm"])
def test_private_checks_go_where_they_stay_private(toy, command, system):
    toy.write("private/test_private.py", PRIVATE)
    code, _, err = command("export", system, "toy", "out", "--checks", "private")
    assert code == 2 and err.startswith("autograder: ") and err.count("\n") == 1
    assert names() == ["ci", "classroom50", "gradescope", "kubernetes", "nbgrader", "otter", "slurm"]


def test_a_policy_that_is_none(toy, command):
    code, _, err = command("export", "gradescope", "toy", "out", "--late-per-day", "7")
    assert (
        code == 2
        and err == "autograder: That is no policy: late_per_day is a share from 0 to 1, grace_minutes 0 or more.\n"
    )
    code, _, err = command("export", "gradescope", "toy", "out", "--late-at-most", "7")
    assert (code, err) == (2, "autograder: That is no policy: at_most is a share from 0 to 1.\n")


def test_an_upload_of_nothing_but_caches_is_nothing(tmp_path):
    (tmp_path / "__pycache__").mkdir()
    (tmp_path / "__MACOSX").mkdir()
    assert the_submission(tmp_path, "toy").problem.startswith("Nothing was handed in")
