"""What a commit is held to: the linter, the format and the types, by the very commands that its hooks run."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml
from pre_commit.clientlib import load_config

from autograder.release.student_repository import engine_files

REPOSITORY = Path(__file__).resolve().parents[2]
HOOKS = yaml.safe_load((REPOSITORY / ".pre-commit-config.yaml").read_text(encoding="utf-8"))["repos"][0]["hooks"]
WITH_REASON = re.compile(r"# type: ignore\[[\w-]+\]  # \w")
RUN_HERE = ["ruff check .", "ruff format --check .", "mypy"]
RUN_ELSEWHERE = {
    "lint-imports": "tests/engine/test_rooms.py",
    "autograder stubs --check": "tests/engine/common/test_stubs.py",
    "autograder overview --check": "tests/engine/common/test_overview.py",
}


@pytest.mark.parametrize("command", ["ruff check .", "ruff format --check ."])
def test_the_whole_repository_is_clean_and_formatted(command):
    assert_clean(command)


@pytest.mark.slow
def test_the_engine_has_the_types_that_it_says():
    assert_clean("mypy")


def assert_clean(command):
    """The tool of this environment finds nothing; otherwise what it said is the failure."""
    run = subprocess.run([sys.executable, "-m", *command.split()], cwd=REPOSITORY, capture_output=True, text=True)
    assert run.returncode == 0, f"{command}:\n{run.stdout}{run.stderr}"


def test_a_commit_runs_what_the_tests_run():
    assert sorted(hook["entry"] for hook in HOOKS) == sorted([*RUN_HERE, *RUN_ELSEWHERE])
    assert all((REPOSITORY / path).is_file() for path in RUN_ELSEWHERE.values())


def test_the_hooks_need_no_network_and_see_the_whole_repository():
    (repository,) = load_config(REPOSITORY / ".pre-commit-config.yaml")["repos"]
    assert repository["repo"] == "local"
    assert {(hook["language"], hook["pass_filenames"]) for hook in HOOKS} == {("system", False)}


def test_the_guide_names_every_command():
    guide = (REPOSITORY / "CONTRIBUTING.md").read_text(encoding="utf-8")
    assert [hook["entry"] for hook in HOOKS if f"`{hook['entry']}`" not in guide] == []


def test_mypy_is_strict_and_leaves_out_nothing_of_the_engine():
    settings = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["mypy"]
    assert settings["strict"] is True and settings["packages"] == ["autograder"]
    assert not {"disable_error_code", "exclude", "ignore_errors"} & settings.keys()
    overridden = {module for one in settings["overrides"] for module in one["module"]}
    assert [module for module in overridden if module.split(".")[0] in ("autograder", "*")] == []


def test_an_ignored_type_error_is_named_and_says_why():
    lines = [
        (path.name, line)
        for path in (REPOSITORY / "autograder").rglob("*.py")
        for line in path.read_text(encoding="utf-8").splitlines()
        if "# type: ignore" in line
    ]
    assert lines and [one for one in lines if not WITH_REASON.search(one[1])] == []


def test_who_writes_checks_has_the_engines_types():
    data = tomllib.loads(engine_files()["pyproject.toml"].decode())["tool"]["setuptools"]["package-data"]
    assert "py.typed" in data["autograder"] and "autograder/py.typed" in engine_files()
