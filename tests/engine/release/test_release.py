"""The student repository: what is in it, what is not, and that it works where nothing else of the course is."""

import ast
import json
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import tomllib
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import pytest

from autograder.common.lessons import load_course
from autograder.common.notebook_code import NotANotebook, code_cells
from autograder.release.student_repository import leaks, release, release_files

SECRET_FOLDERS = ("hidden", "misconceptions", "alternatives", "attacks")


@pytest.fixture
def released(toy):
    folder = toy.root.parent / "students"
    release(toy.course, folder, [toy.lesson])
    return folder


def contents(folder):
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and ".git" not in path.relative_to(folder).parts
    }


def in_students(folder, *arguments, python=sys.executable, **environment):
    """Run Python as a student does, with the engine that came along."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST", "AUTOGRADER"))}
    kept |= {"PYTHONPATH": str(folder), "OMP_NUM_THREADS": "1", "COLUMNS": "120", **environment}
    command = [str(python), *map(str, arguments)]
    return subprocess.run(command, cwd=folder, env=kept, capture_output=True, text=True)


# --- what is in it --------------------------------------------------------------------------------------------------


def test_what_students_get(toy, released):
    files = contents(released)
    ours = {name for name in files if not name.startswith("autograder/")}
    assert ours - {"LICENSE", "constraints.txt"} == {
        ".devcontainer/devcontainer.json",
        ".github/workflows/check.yml",
        ".gitignore",
        ".gitlab-ci.yml",
        ".release.json",
        ".stubs/toy.py",
        ".vscode/settings.json",
        ".vscode/tasks.json",
        "README.md",
        "exercises/README.md",
        "exercises/map.svg",
        "exercises/toy/lesson.toml",
        "exercises/toy/checks/test_counter.py",
        "exercises/toy/checks/test_double.py",
        "exercises/toy/checks/test_quad.py",
        "exercises/toy/checks/toy_oracles.py",
        "exercises/toy/toy.py",
        "pyproject.toml",
    }
    assert files["exercises/toy/toy.py"].decode() == files[".stubs/toy.py"].decode() == toy.stub
    assert {"autograder/terminal/plugin.py", "autograder/backbone/tiny/model.safetensors"} <= files.keys()
    assert not [name for name in files if "__pycache__" in name or name.endswith(".pyc")]
    assert "pytest exercises/toy" in files["README.md"].decode() and "$" not in files["README.md"].decode()
    assert "lesson: [toy]" in files[".github/workflows/check.yml"].decode()
    assert "${{ matrix.lesson }}" in files[".github/workflows/check.yml"].decode()
    assert '"$CI_PROJECT_DIR/.pip"' in files[".gitlab-ci.yml"].decode()


def test_the_workflows_are_yaml(released):
    yaml = pytest.importorskip("yaml", reason="PyYAML is not installed")
    github = yaml.safe_load((released / ".github/workflows/check.yml").read_text())
    assert github["jobs"]["check"]["strategy"]["matrix"]["lesson"] == ["toy"]
    assert yaml.safe_load((released / ".gitlab-ci.yml").read_text())["check"]["script"][1].startswith("pytest")


def test_the_editor_knows_how_to_run_the_checks(released, repository):
    """As in this repository; the container installs from the file of constraints that is there."""
    for name in ("settings.json", "tasks.json"):
        assert (released / ".vscode" / name).read_bytes() == (repository / ".vscode" / name).read_bytes()
    tasks = json.loads((released / ".vscode/tasks.json").read_text())["tasks"]
    assert [task["args"][1] for task in tasks] == ["pytest", "autograder", "autograder"]
    assert json.loads((released / ".vscode/settings.json").read_text())["python.testing.pytestArgs"] == ["exercises"]
    known = tomllib.loads((repository / "pyproject.toml").read_text())["project"]["optional-dependencies"]
    for folder in (released, repository):
        container = json.loads((folder / ".devcontainer/devcontainer.json").read_text())
        constraints, extras = re.fullmatch(
            r"python -m venv \.venv && \.venv/bin/pip install -c (\S+) -e '\.\[([\w,]+)\]'",
            container["postCreateCommand"],
        ).groups()
        assert (folder / constraints).is_file() and set(extras.split(",")) <= set(known)
        assert container["containerEnv"]["PIP_EXTRA_INDEX_URL"].endswith("/whl/cpu")


def test_students_get_stubs_whatever_lies_in_the_exercises(toy):
    toy.solve(toy.reference)
    assert release_files(toy.course, [toy.lesson])["exercises/toy/toy.py"].decode() == toy.stub


def test_what_a_lesson_keeps_for_instructors(toy):
    toy.write("exercises/toy/measured/a.svg", "<svg/>")
    toy.write("exercises/toy/experiments/grows.py", "x = 1\n")
    toy.write("exercises/toy/experiments/_shared.py", "x = 1\n")
    toy.write("exercises/toy/.draft.py", "x = 1\n")
    files = ("measured/a.svg", "experiments/grows.py", "experiments/_shared.py")
    assert {f"exercises/toy/{name}" for name in files} <= release_files(toy.course, [toy.lesson]).keys()
    toml = toy.root / "exercises/toy/lesson.toml"
    toml.write_text('instructor_only = ["experiments/*", "measured/*"]\n' + toml.read_text())
    found = [name for name in release_files(toy.course, [toy.lesson]) if name.startswith("exercises/toy/")]
    checks = [f"checks/{name}.py" for name in ("test_counter", "test_double", "test_quad", "toy_oracles")]
    assert sorted(found) == [f"exercises/toy/{name}" for name in (*checks, "lesson.toml", "toy.py")]


def test_a_page_links_to_no_lesson_that_does_not_go_out(toy):
    toy.copy_lesson("zoo")
    toy.write(
        "exercises/toy/README.md", "See [zoo](../zoo/README.md), [a part](../zoo/README.md#part), [it](zoo.svg).\n"
    )
    lessons = [toy.course.lesson(name) for name in ("toy", "zoo")]
    page = "exercises/toy/README.md"
    assert release_files(toy.course, lessons[:1])[page] == b"See zoo, a part, [it](zoo.svg).\n"
    assert release_files(toy.course, lessons)[page] == (toy.root / page).read_bytes()


def test_twice_gives_identical_bytes(toy, command):
    for name in ("one", "two"):
        code, out, err = command("release", name, "--git")
        assert (code, err) == (0, "") and f"files are in {name}, of the lessons toy." in out
    assert contents(toy.root / "one") == contents(toy.root / "two")
    heads = {subprocess.check_output(["git", "-C", toy.root / name, "rev-parse", "HEAD"]) for name in ("one", "two")}
    assert len(heads) == 1


def test_releasing_again_brings_it_up_to_date(toy, command):
    toy.write("exercises/toy/old.svg", "<svg/>")
    assert command("release", "out", "--git")[0] == 0
    (toy.root / "exercises/toy/old.svg").unlink()
    toy.write("exercises/toy/README.md", "# Toy\n")
    (toy.root / "out/mine.txt").write_text("kept")
    commit(toy.root / "out")
    assert command("release", "out", "--git")[0] == 0
    assert not (toy.root / "out/exercises/toy/old.svg").exists()
    assert (toy.root / "out/exercises/toy/README.md").exists() and (toy.root / "out/mine.txt").exists()
    assert subprocess.check_output(["git", "-C", toy.root / "out", "log", "--oneline"], text=True).count("\n") == 3
    changes = (toy.root / "out/CHANGES.md").read_text()
    assert "## Update 1\n\n- `toy`: the page; experiments, pictures or other files.\n" in changes
    assert command("release", "out", "--git")[0] == 0
    assert (toy.root / "out/CHANGES.md").read_text() == changes, "nothing is another now"


def commit(folder, message="Mine"):
    git(folder, "add", "--all")
    git(folder, "commit", "-qm", message)


def git(folder, *arguments):
    own = ["-c", "user.name=a", "-c", "user.email=a", "-c", "commit.gpgsign=false"]
    return subprocess.run(["git", "-C", folder, *own, *arguments], check=True, capture_output=True, text=True).stdout


def test_a_student_takes_an_update(toy, command):
    """What they wrote stays, what changed comes in, and CHANGES.md says it in words."""
    out, mine = toy.root / "out", toy.root / "mine"
    assert command("release", "out", "--git", "--date", "2026-09-01", "--message", "Week 1")[0] == 0
    subprocess.run(["git", "clone", "-q", out, mine], check=True)
    file = mine / "exercises/toy/toy.py"
    file.write_text(file.read_text().replace('raise NotImplementedError("double is not written yet")', "return x + x"))
    commit(mine)
    toy.write("solutions/toy/toy.py", toy.reference.replace("Add amount, and give", "Add the amount, and give"))
    toy.write("exercises/toy/checks/test_quad.py", (toy.root / "exercises/toy/checks/test_quad.py").read_text() + "\n")
    toy.copy_lesson("zoo")
    assert command("release", "out", "--git", "--date", "2026-09-08", "--message", "Week 2")[0] == 0
    git(mine, "pull", "--no-rebase", "--no-edit", "origin", "main")
    assert "return x + x" in file.read_text() and "Add the amount" in file.read_text()
    assert (mine / "CHANGES.md").read_text() == (
        "# What has changed\n\nThe newest update first. README.md says how to take one.\n\n## 2026-09-08: Week 2\n\n"
        "- `toy`: the stub of `Counter`; the checks of `quad`.\n"
        "- `zoo` is new: Toy. Its page is exercises/zoo/README.md.\n"
    )
    log = git(out, "log", "--format=%ad %s", "--date=short").splitlines()
    assert log == ["2026-09-08 Week 2", "2026-09-01 Week 1"]
    assert "git pull --no-rebase --no-edit course main" in (mine / "README.md").read_text()


def test_fewer_lessons_take_none_away_unless_asked(toy, command):
    toy.copy_lesson("zoo")
    assert command("release", "out")[0] == 0
    assert command("release", "out", "--lessons", "toy")[0] == 0
    assert (toy.root / "out/exercises/zoo/zoo.py").is_file()
    code, out, _ = command("release", "out", "--lessons", "toy", "--remove")
    assert code == 0 and "of the lessons toy." in out
    assert not (toy.root / "out/exercises/zoo/zoo.py").exists() and not (toy.root / "out/.stubs/zoo.py").exists()
    assert "`zoo` is no longer among the lessons." in (toy.root / "out/CHANGES.md").read_text()


def test_a_lesson_that_left_the_course_is_taken_away_only_when_asked(toy, command):
    toy.copy_lesson("zoo")
    assert command("release", "out")[0] == 0
    shutil.rmtree(toy.root / "exercises/zoo")
    before = contents(toy.root / "out")
    said = "autograder: zoo went out earlier and is not in this course: --remove takes it away.\n"
    assert command("release", "out")[::2] == (2, said) and contents(toy.root / "out") == before
    assert command("release", "out", "--remove")[0] == 0 and not (toy.root / "out/exercises/zoo/zoo.py").exists()


@pytest.mark.parametrize(
    ("change", "arguments", "said"),
    [
        ("README.md", [], "out has changes that are not committed, such as README.md: commit them first."),
        ("new.txt", [], "out has changes that are not committed, such as new.txt: commit them first."),
        ("", ["--date", "soon"], "'soon' is no date: write it as 2026-09-01 or 2026-09-01T08:00:00+02:00."),
    ],
)
def test_an_update_that_is_refused_writes_nothing(toy, command, change, arguments, said):
    assert command("release", "out", "--git")[0] == 0
    if change:
        toy.write(f"out/{change}", "mine")
    toy.write("exercises/toy/README.md", "# Another page\n")
    before = contents(toy.root / "out")
    assert command("release", "out", "--git", *arguments)[::2] == (2, f"autograder: {said}\n")
    assert contents(toy.root / "out") == before


OTHER = """\
title = "Other"
order = 2
summary = "s"
uses = ["toy"]

[exercises.triple]
points = 1
minutes = 1
hints = ["1", "2", "3"]
"""


def test_a_lesson_is_released_with_what_it_uses_or_after_it(toy, command):
    toy.write("exercises/other/lesson.toml", OTHER)
    toy.write("exercises/other/other.py", "def triple(x):\n    raise NotImplementedError\n")
    toy.write("solutions/other/other.py", "def triple(x):\n    return 3 * x\n")
    code, _, err = command("release", "out", "--lessons", "other")
    assert (code, err) == (2, "autograder: other uses toy, not released yet: name what it uses too, in --lessons.\n")
    assert not (toy.root / "out").exists()
    assert command("release", "out", "--lessons", "toy")[0] == 0
    assert not (toy.root / "out/exercises/other").exists()
    code, out, err = command("release", "out", "--lessons", "other")
    assert (code, err) == (0, "") and "of the lessons toy, other." in out
    assert (toy.root / "out/exercises/toy/toy.py").exists(), "what was released before stays"
    assert command("release", "new", "--lessons", "other,toy")[0] == 0


# --- what is not ----------------------------------------------------------------------------------------------------


def secret_names(course):
    """Names that only instructors' files have: those files' own, those of cases, and those of hidden checks."""
    names = set()
    for kind in SECRET_FOLDERS:
        for path in (course.root / "tests" / kind).rglob("*.py"):
            names |= {path.name, f"{path.parent.name}/{path.stem}"}
            if kind == "hidden":
                tree = ast.parse(path.read_text())
                names |= {node.name for node in ast.walk(tree) if getattr(node, "name", "").startswith("test_")}
    checks = list(course.root.glob("exercises/*/checks/*.py"))
    visible = " ".join(path.read_text() for path in checks)
    public = [*checks, *Path(sys.modules["autograder"].__file__).parent.rglob("*.py")]
    return names - set(re.findall(r"\w+(?:\.py)?", visible)) - {path.name for path in public}


def runs(text):
    """Every three lines of code, imports aside, that stand together and say enough to be nobody else's."""
    none = ("#", '"', "import ", "from ")
    lines = [line.strip() for line in text.split("\n") if line.strip() and not line.strip().startswith(none)]
    return {run for run in zip(lines, lines[1:], lines[2:], strict=False) if sum(map(len, run)) > 60}


def secret_runs(course):
    """Of solutions, misconceptions, alternatives and what hidden checks share, what is in no stub."""
    found = set()
    for lesson in course.lessons:
        reference = course.reference(lesson).read_text()
        for solution in re.findall(r"### BEGIN SOLUTION(.*?)### END", reference, re.S):
            found |= runs(solution)
        for kind in ("misconceptions", "alternatives"):
            for path in (course.root / "tests" / kind / lesson).rglob("*.py"):
                found |= runs(path.read_text())
        for path in (course.root / "tests/hidden" / lesson).glob("[!t]*.py"):
            found |= runs(path.read_text())
    return found - set().union(*(runs(course.stub(lesson).read_text()) for lesson in course.lessons))


def assert_nothing_leaks(course, files):
    names, secret = secret_names(course), secret_runs(course)
    mistakes = set().union(*(runs(path.read_text()) for path in (course.root / "tests/misconceptions").rglob("*.py")))
    assert names and secret
    for file, raw in files.items():
        try:
            text = "\n".join(code_cells(raw)) if file.endswith(".ipynb") else raw.decode()
        except (UnicodeDecodeError, NotANotebook):
            continue
        found = names & set(re.findall(r"(?<![\w.])\w+(?:\.py)?\b", text) + re.findall(r"(?<![\w./])\w+/\w+\b", text))
        assert not found - {"__init__.py", "_prelude.py"}, f"{file} names {found}"
        if file.startswith("exercises/") and Path(file).name.startswith("test_"):
            continue  # visible checks hold the mistakes that they know, as expressions
        found = secret & runs(text)
        if "/checks/" in file:  # as do those that they share
            found -= mistakes
        assert not found, f"{file} holds {found}"
        if not file.startswith("autograder/"):
            assert "BEGIN SOLUTION" not in text, file
    assert not [file for file in files if file.startswith(("solutions/", "tests/"))]


def test_nothing_of_the_course_leaks(repository, tmp_path):
    pytest.importorskip("jupytext", reason="needs the extra notebooks")
    course = load_course(repository)
    release(course, tmp_path / "out", list(course.lessons.values()), git=True)
    files = contents(tmp_path / "out")
    assert_nothing_leaks(course, files)
    for lesson in course.lessons:
        copied = (
            course.reference(lesson).read_bytes().replace(b"### BEGIN SOLUTION", b"").replace(b"### END SOLUTION", b"")
        )
        with pytest.raises(AssertionError, match="notes.py holds"):
            assert_nothing_leaks(course, {"exercises/notes.py": copied})
    history = subprocess.check_output(
        ["git", "-C", tmp_path / "out", "log", "--all", "--name-only", "--format="], text=True
    )
    assert set(filter(None, history.split("\n"))) == set(contents(tmp_path / "out"))


def test_every_lesson_can_be_released_alone(repository):
    pytest.importorskip("jupytext", reason="needs the extra notebooks")
    course = load_course(repository)
    for lesson in course.lessons.values():
        assert list(leaks(course, release_files(course, [lesson]))) == []


def test_the_greps_find_leaks(toy):
    files = release_files(toy.course, [toy.lesson])
    for file, text in {
        "exercises/toy/notes.md": "see test_hidden_double_of_negatives",
        "exercises/toy/checks/README.md": "see toy_hidden_oracles.py",
        "exercises/toy/README.md": "see double/squares",
        "exercises/toy/more.py": "### BEGIN SOLUTION",
    }.items():
        with pytest.raises(AssertionError):
            assert_nothing_leaks(toy.course, {**files, file: text.encode()})


@pytest.mark.parametrize("where", ["exercises/toy/draft.py", "exercises/toy/README.md"])
def test_a_solution_that_lies_about_stops_the_release(toy, command, where):
    body = ["longer_name_of_a_sum = amount + self.value", "self.value = longer_name_of_a_sum", "return self.value"]
    long = "\n".join(f"        {line}" for line in body)
    reference = toy.reference.replace("        self.value += amount\n        return self.value", long)
    toy.write("solutions/toy/toy.py", reference)
    toy.write(where, f"Look:\n{long}\n")
    code, _, err = command("release", "out")
    said = (
        f"autograder: Nothing is released: {where} holds lines of solutions/toy/toy.py, such as 'longer_name_of_a_sum"
    )
    assert code == 2 and err.startswith(said) and err.count("\n") == 1
    assert not (toy.root / "out").exists()


def test_hidden_checks_that_lie_about_stop_the_release(toy):
    files = release_files(toy.course, [toy.lesson])
    assert list(leaks(toy.course, files)) == []
    for name in ("test_counter.py", "toy_hidden_oracles.py"):
        hidden = (toy.root / "tests/hidden/toy" / name).read_bytes()
        assert list(leaks(toy.course, {**files, "exercises/toy/notes.txt": hidden}))


def test_what_hidden_checks_share_does_not_get_among_the_visible_ones(toy, command):
    """A helper beside the visible checks, under whatever name, holds nothing of the one beside the hidden ones."""
    for name in ("toy_hidden_oracles.py", "toy_oracles.py"):
        toy.write(f"exercises/toy/checks/{name}", (toy.root / "tests/hidden/toy/toy_hidden_oracles.py").read_bytes())
        code, _, err = command("release", "out")
        where = f"exercises/toy/checks/{name} holds lines of tests/hidden/toy/toy_hidden_oracles.py"
        assert code == 2 and where in err and not (toy.root / "out").exists()
        (toy.root / "exercises/toy/checks" / name).unlink()


@pytest.mark.parametrize("name", ["test_counter.py", "test_mine.py", "toy_oracles.py"])
def test_a_visible_check_may_be_like_a_hidden_one_but_no_copy_of_it(toy, name):
    hidden = (toy.root / "tests/hidden/toy/test_counter.py").read_text()
    part = hidden[hidden.index("@probe") : hidden.index("@exercise")]
    files = {f"exercises/toy/checks/{name}": part.encode()}
    assert list(leaks(toy.course, files)) == []
    assert list(leaks(toy.course, {f"exercises/toy/{name}": part.encode()})), "only checks are like checks"
    (told,) = leaks(toy.course, {f"exercises/toy/checks/{name}": f"x = 1\n{hidden}".encode()})
    assert f"checks/{name} holds lines of tests/hidden/toy/test_counter.py" in told


def test_a_visible_check_holds_no_solution(toy):
    body = "        self.value_after_all_that = self.value + amount\n        self.value = self.value_after_all_that\n"
    toy.write("solutions/toy/toy.py", toy.reference.replace("        self.value += amount\n", body))
    raw = f"def add(self, amount):\n{body}        return self.value\n".encode()
    (told,) = leaks(toy.course, {"exercises/toy/checks/toy_oracles.py": raw})
    assert "toy_oracles.py holds lines of solutions/toy/toy.py" in told


def test_all_of_a_notebook_is_looked_into(toy):
    """A worked notebook in the lesson's folder holds more than code cells."""
    hidden = (toy.root / "tests/hidden/toy/test_counter.py").read_text()
    lines = hidden.splitlines(keepends=True)
    code = {"cell_type": "code", "metadata": {}, "source": "x = 1", "outputs": []}
    output = {"output_type": "stream", "name": "stdout", "text": lines}
    for cells, metadata in (
        ([code, {"cell_type": "markdown", "metadata": {}, "source": hidden}], {}),
        ([code | {"outputs": [output]}], {}),
        ([code | {"metadata": {"answer": hidden}}], {}),
        ([code], {"notes": {"hidden": lines}}),
    ):
        raw = json.dumps({"cells": cells, "metadata": metadata, "nbformat": 4}).encode()
        assert list(leaks(toy.course, {"exercises/toy/mine.ipynb": raw})), raw


def test_what_is_no_text_is_looked_into(toy):
    hidden = (toy.root / "tests/hidden/toy/test_counter.py").read_bytes()
    for name, raw in (("picture.png", b"\x89PNG\xff\0tEXt" + hidden + b"\xff"), ("mine.zip", b"PK"), ("a.tar.gz", b"")):
        assert list(leaks(toy.course, {f"exercises/toy/{name}": raw})), name


@pytest.mark.parametrize("place", ["course/solutions/toy/toy.py", "tests/hidden/toy/test_ä.py", "merged"])
def test_a_history_is_looked_into(toy, command, place):
    out = toy.root / "out"
    toy.write("out/README.md", "# Mine\n")

    def git(*arguments):
        own = ["-c", "user.name=a", "-c", "user.email=a", "-c", "init.defaultBranch=main"]
        subprocess.run(["git", "-C", out, *own, *arguments], check=True, capture_output=True)

    git("init", "-q")
    git("add", ".")
    git("commit", "-qm", "x")
    merged = place == "merged"  # what a merge itself brings, no commit of a branch does
    if merged:
        git("commit", "-q", "--allow-empty", "-m", "y")
        git("checkout", "-q", "-b", "side", "HEAD~1")
        git("commit", "-q", "--allow-empty", "-m", "z")
        git("merge", "-q", "--no-commit", "--no-ff", "main")
        place = "solutions/toy/toy.py"
    toy.write(f"out/{place}", toy.reference)
    git("add", ".")
    git("commit", "-qm", "solutions")
    if merged:
        git("checkout", "-q", "main")
    else:
        git("rm", "-q", "-r", ".")
        git("commit", "-qm", "gone")
    code, _, err = command("release", "out")
    assert code == 2 and f"The git history in out holds {place}" in err


@pytest.mark.parametrize("kind", ["file", "full", "history"])
def test_folders_that_are_refused(toy, command, kind):
    out = toy.root / "out"
    if kind == "file":
        out.write_text("")
    else:
        toy.write("out/solutions/toy/toy.py", toy.reference)
    if kind == "history":
        for arguments in (
            ["init", "-q"],
            ["add", "."],
            ["-c", "user.name=a", "-c", "user.email=a", "commit", "-qm", "x"],
        ):
            subprocess.run(["git", "-C", out, *arguments], check=True)
        shutil.rmtree(out / "solutions")
    code, _, err = command("release", "out")
    said = {
        "file": "is not a folder",
        "full": "holds other files",
        "history": "The git history in out holds solutions/",
    }
    assert code == 2 and said[kind] in err and err.count("\n") == 1


def test_what_can_not_be_released(toy, command):
    code, _, err = command("release", "out", "--lessons", "toy,other")
    assert code == 2 and err == "autograder: There is no lesson 'other'; the lessons are: toy.\n"
    (toy.root / "solutions/toy/toy.py").unlink()
    code, _, err = command("release", "out")
    assert code == 2 and "a release is made in the instructor's repository" in err


# --- using it -------------------------------------------------------------------------------------------------------


def test_a_student_works_with_what_came_along(toy, released):
    """The engine that came along is the one that runs, and every verb of a student's does what it says."""
    where = in_students(released, "-c", "import autograder; print(autograder.__file__)")
    assert where.stdout.strip() == str(released / "autograder/__init__.py")
    run = in_students(
        released, "-m", "pytest", "-p", "autograder.terminal.plugin", "exercises", PYTEST_DISABLE_PLUGIN_AUTOLOAD="1"
    )
    assert run.returncode == 1 and "to do    double" in run.stdout and "0 of 7 points" in run.stdout
    (released / "exercises/toy/toy.py").write_text(toy.reference)
    (released / "exercises/toy/test_mine.py").write_text("def test_mine():\n    assert 1 + 1 == 3\n")
    progress = in_students(released, "-m", "autograder", "progress", "toy").stdout
    assert "7 of 7 points" in progress and "All done. Hidden checks may find more.\n" in progress
    for arguments in (["solution", "double"], ["solution", "double", "--reveal"]):
        told = in_students(released, "-m", "autograder", *arguments)
        assert told.returncode == 2 and told.stderr.startswith("autograder: Your instructor keeps the solutions")
    hint = in_students(released, "-m", "autograder", "hint", "double", "3")
    assert hint.stdout.startswith("x + x") and "--reveal" not in hint.stdout
    reset = in_students(released, "-m", "autograder", "reset", "double")
    assert reset.returncode == 0 and "double is not written yet" in (released / "exercises/toy/toy.py").read_text()
    audit = in_students(released, "-m", "autograder", "audit")
    assert audit.returncode == 2 and "audit needs the instructor's repository" in audit.stderr


def test_one_check_file_is_enough_in_a_students_repository(toy, released):
    """What quad needs, and what its checks are worth, is as in the whole lesson."""
    one = ("-m", "pytest", "-p", "autograder.terminal.plugin", "exercises/toy/checks/test_quad.py", "-q")
    (released / "exercises/toy/toy.py").write_text(toy.with_double("return x * x"))
    told = in_students(released, *one, PYTEST_DISABLE_PLUGIN_AUTOLOAD="1")
    assert told.returncode == 1 and "  blocked  quad  blocked by double" in told.stdout
    assert "Fix the exercises that the blocked ones need." in told.stdout
    (released / "exercises/toy/toy.py").write_text(toy.reference)
    told = in_students(released, *one, PYTEST_DISABLE_PLUGIN_AUTOLOAD="1")
    assert told.returncode == 0 and "1 of 1 selected checks pass" in told.stdout
    assert not (released / "tests").exists()


@pytest.mark.slow
def test_its_one_command_installs_it(released, tmp_path):
    """pip builds and installs it into an environment of its own, which sees this one's libraries but not its engine."""
    try:
        new_enough = int(version("setuptools").split(".")[0]) >= 77
    except PackageNotFoundError:
        new_enough = False
    if not new_enough:
        pytest.skip("setuptools 77 or newer is not installed, and fetching it needs a network")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", tmp_path / "venv"], check=True)
    python = tmp_path / "venv/bin/python"
    site = subprocess.check_output([python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"], text=True)
    (Path(site.strip()) / "here.pth").write_text(sysconfig.get_path("purelib") + "\n")
    install = ["-m", "pip", "install", "--quiet", "--no-build-isolation", "--no-deps", "--no-index", "-e", "."]
    done = in_students(released, *install, python=python, PYTHONPATH="")
    assert done.returncode == 0, done.stderr
    told = in_students(released, "-m", "pytest", "exercises/toy", python=python, PYTHONPATH="")
    assert "to do    double" in told.stdout, told.stdout + told.stderr
    command = tmp_path / "venv/bin/autograder"
    told = subprocess.run([command, "hint", "double"], cwd=released, capture_output=True, text=True)
    assert told.stdout.startswith("Double what?"), told.stderr
