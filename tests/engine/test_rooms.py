"""The engine's rooms: what each may import, what lessons may import, and the names that things had before."""

import ast
import importlib
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import autograder
from autograder import former

REPOSITORY = Path(__file__).resolve().parents[2]
ENGINE = REPOSITORY / "autograder"
LINT = "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports(no_cache=True, no_logo=True))"
# Packages have no names of their own: what is at the top is what lessons may import.
INTERNAL = {"__init__", "__main__", "former"}


def lint(folder):
    """The contracts of pyproject.toml, held against the engine in this folder: exit code and what was said."""
    environment = os.environ | {"PYTHONPATH": str(folder)}
    run = subprocess.run([sys.executable, "-c", LINT], cwd=folder, env=environment, capture_output=True, text=True)
    return run.returncode, run.stdout + run.stderr


def test_no_room_imports_what_is_not_its_to_import():
    code, said = lint(REPOSITORY)
    assert code == 0 and "0 broken" in said, said


@pytest.mark.parametrize(
    ("path", "line", "contract"),
    [
        ("checking/running.py", "import autograder.inside.executor", "what judges a submission"),
        ("sandbox/client.py", "from autograder.sandbox import child", "what judges a submission"),
        ("checking/student.py", "from autograder.checking import door", "what judges a submission"),
        ("inside/executor.py", "def f():\n    from autograder import checks", "inside the sandbox nothing knows"),
        ("common/text.py", "from autograder import builders", "common imports nothing else"),
        ("grading/grade.py", "from autograder.systems import nbgrader", "grading imports checking, sandbox"),
        ("backbone/folders.py", "from autograder.backbone import train", "no two files"),
    ],
)
def test_an_import_across_the_wall_is_found(tmp_path, path, line, contract):
    shutil.copytree(ENGINE, tmp_path / "autograder", ignore=shutil.ignore_patterns("__pycache__", "tiny"))
    shutil.copy(REPOSITORY / "pyproject.toml", tmp_path)
    changed = tmp_path / "autograder" / path
    changed.write_text(f"{changed.read_text()}\n\n{line}\n")
    code, said = lint(tmp_path)
    broken = [one for one in said.splitlines() if one.endswith("BROKEN")]
    assert code == 1 and any(one.startswith(contract) for one in broken), said


# --- what lessons import ---------------------------------------------------------------------------------------------


def surface():
    """The modules and folders at the top of the engine that lessons may import, by looking."""
    files = {path.stem for path in ENGINE.glob("*.py")} - INTERNAL
    return files | {"backbone"}


def test_the_packages_docstring_lists_the_public_surface():
    listed = {line.split()[0].rstrip("/") for line in autograder.__doc__.splitlines() if line.startswith("    ")}
    assert listed == surface()


def imported_from_the_engine(path):
    """The modules of the engine that a file imports from, wherever in the file it does."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name.split(".")[0] == "autograder")
        elif isinstance(node, ast.ImportFrom) and node.module == "autograder":
            yield from (f"autograder.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("autograder."):
            yield node.module


def test_lessons_import_the_public_surface_only():
    paths = [
        path for folder in ("exercises", "solutions", "tests/hidden") for path in (REPOSITORY / folder).rglob("*.py")
    ]
    taken = {(str(path.relative_to(REPOSITORY)), name) for path in paths for name in imported_from_the_engine(path)}
    assert {(path, name) for path, name in taken if name.split(".")[1] not in surface()} == set()
    assert {name.split(".")[1] for _, name in taken} == surface(), "what no lesson imports need not be at the top"


# --- former names ----------------------------------------------------------------------------------------------------


def test_a_former_name_goes_on_working_with_a_word():
    code = f"import warnings; warnings.simplefilter('always'); import {', '.join(former.NAMES)}"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=REPOSITORY)
    assert run.returncode == 0, run.stderr
    told = [name for name in former.NAMES if f"{name} is called {former.NAMES[name]} now: write that." in run.stderr]
    assert set(former.NAMES) - set(told) == {"autograder.plugin"}, "an entry point: nobody can write another one there"


@pytest.mark.parametrize("name", former.NAMES)
@pytest.mark.filterwarnings("ignore::autograder.former.Former")
def test_what_a_former_name_holds_is_what_the_new_one_holds(name):
    held, holds = (vars(importlib.import_module(one)) for one in (name, former.NAMES[name]))
    assert all(held[key] is value for key, value in holds.items() if not key.startswith("__"))


def test_grading_says_what_private_checks_should_write_now(toy, command, tmp_path, recwarn):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "test_mine.py").write_text(
        "from autograder.checks import exercise, expect_equal\nfrom autograder.student import Blocked\n\n"
        "@exercise('double', show='hidden')\ndef test_mine(student):\n"
        "    expect_equal(student.double(2), 4, what='double(2)')\n"
    )
    for name in ("autograder.student",):  # as if nothing had imported it yet
        sys.modules.pop(name, None)
    checks = toy.checks(private=tmp_path / "mine")
    assert next(one for one in checks if one.name == "test_mine").visibility == "hidden"
    assert {str(one.message) for one in recwarn.list if issubclass(one.category, former.Former)} == {
        "show= of @exercise is called visibility= now: write that.",
        "autograder.student is called autograder.checks now: write that.",
    }


@pytest.mark.parametrize(
    ("module", "name"),
    [
        ("autograder.student", "Blocked"),
        ("autograder.lessons", "find_course"),
        ("autograder.lessons", "CourseError"),
        ("autograder.exports.nbgrader", "clear_solutions"),
        ("autograder.cli", "main"),
    ],
)
@pytest.mark.filterwarnings("ignore::autograder.former.Former")
def test_what_stands_in_private_checks_and_handed_out_folders_is_still_there(module, name):
    assert callable(getattr(importlib.import_module(module), name))


def test_nothing_that_the_engine_writes_or_says_has_a_former_name():
    names = "|".join(re.escape(name) for name in former.NAMES)
    said = {
        (path.relative_to(REPOSITORY).as_posix(), found)
        for folder in ("autograder", "exercises", "solutions")
        for path in (REPOSITORY / folder).rglob("*")
        if path.suffix in (".py", ".md", ".toml", ".sh", ".yml") and path.name != "former.py"
        for found in re.findall(rf"(?:{names})\b(?!\.\w+\.)", path.read_text(encoding="utf-8"))
    }
    assert not said


@pytest.mark.parametrize("module", ["autograder.gradescope", "autograder.classroom50"])
def test_what_a_handed_out_script_starts_still_runs(module, tmp_path):
    run = subprocess.run(
        [sys.executable, "-m", module, str(tmp_path), str(tmp_path), str(tmp_path / "result.json")],
        capture_output=True, text=True, cwd=REPOSITORY,
    )  # fmt: skip
    assert run.returncode == 1 and "autograder: " in run.stderr and "Traceback" not in run.stderr, run.stderr


def test_making_stubs_the_former_way_says_what_to_type():
    run = subprocess.run([sys.executable, "-m", "autograder.stubs"], capture_output=True, text=True, cwd=REPOSITORY)
    assert run.returncode == 2 and "autograder stubs" in run.stderr


def test_an_installation_from_before_the_rooms_still_finds_the_plugin(toy, tmp_path):
    """Who pulls a new version doesn't install anew: the entry points are then the old ones."""
    metadata = tmp_path / "before" / "autograder-0.1.0.dist-info"
    metadata.mkdir(parents=True)
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: autograder\nVersion: 0.1.0\n")
    (metadata / "entry_points.txt").write_text(
        "[console_scripts]\nautograder = autograder.cli:main\n\n[pytest11]\nautograder = autograder.plugin\n"
    )
    toy.solve(toy.reference)
    environment = os.environ | {"PYTHONPATH": f"{metadata.parent}{os.pathsep}{REPOSITORY}", "PYTEST_ADDOPTS": ""}
    for name in ("PYTEST_XDIST_WORKER", "PYTEST_CURRENT_TEST", "PYTEST_DISABLE_PLUGIN_AUTOLOAD"):
        environment.pop(name, None)
    code = (
        "import importlib.metadata as m, sys, pytest\n"
        "(found,) = [e for e in m.distribution('autograder').entry_points if e.group == 'pytest11']\n"
        "assert found.value == 'autograder.plugin', found\n"
        "sys.exit(pytest.main(['-q', 'exercises/toy']))"
    )
    run = subprocess.run([sys.executable, "-c", code], cwd=toy.root, env=environment, capture_output=True, text=True)
    assert run.returncode == 0 and "4 of 4 checks" not in run.stdout and "7 of 7 points" in run.stdout, run.stdout
