"""What the documents name exists: files, folders, commands, options, modules; and what they quote is what is said."""

import importlib.util
import re
import tomllib
from pathlib import Path

import pytest
import torch
import typer.main

import autograder
from autograder import former
from autograder.authoring.audit import overlay
from autograder.checking.collecting import collect_checks
from autograder.checking.door import LocalTransport
from autograder.checking.running import Run
from autograder.checking.student import Session, Student
from autograder.checking.submission import resolve
from autograder.checks import Probe
from autograder.cli.app import app
from autograder.common.lessons import find_course
from autograder.systems import names as systems
from autograder.terminal.view import explain

COURSE = find_course()
ROOT = COURSE.root
DOCUMENTS = (
    "README.md",
    "CONTRIBUTING.md",
    "CHANGELOG.md",
    "exercises/README.md",
    "autograder/README.md",
    "autograder/authoring/README.md",
)
FOLDERS = ("exercises/", "solutions/", "tests/", "autograder/", ".ci/")
COMMANDS = typer.main.get_command(app).commands
OURS_IN_PYTEST = {"--submission", "--seed", "--lf"}


def text_of(document):
    """Its text, without the column of names that are no more."""
    text = (ROOT / document).read_text(encoding="utf-8")
    head, heading, table = text.partition("### Former names\n")
    return head + heading + re.sub(r"^\|[^|]*\|", "|", table, flags=re.MULTILINE)


FENCED = re.compile(r"^ *```(\w*)\n(.*?)\n *```$", re.MULTILINE | re.DOTALL)


def blocks(document, language):
    """The fenced blocks of a language."""
    return [body for found, body in FENCED.findall(text_of(document)) if found == language]


def quoted(document):
    """What stands between backticks, and the lines of blocks that are commands."""
    commands = "\n".join(blocks(document, "") + blocks(document, "sh")).splitlines()
    return [*re.findall(r"`([^`]+)`", FENCED.sub("", text_of(document))), *filter(str.strip, commands)]


def exists(path):
    """Whether there is such a path, whatever stands for `<lesson>` and the like."""
    return any(ROOT.glob(re.sub(r"<\w+>", "*", path.rstrip("/"))))


def gone(found):
    return sorted({one for one in found if not exists(one)})


@pytest.mark.parametrize("document", DOCUMENTS)
def test_links_lead_somewhere(document):
    targets = re.findall(r"\]\(([^)]+)\)", text_of(document))
    folder = (ROOT / document).parent
    assert [target for target in targets if "://" not in target and not (folder / target.split("#")[0]).exists()] == []


@pytest.mark.parametrize("document", DOCUMENTS)
def test_paths_are_there(document):
    spans = quoted(document)
    experiments = re.findall(r"autograder experiment (\w+)(?:/(\w+))?", "\n".join(spans))
    claims = [f"exercises/{lesson}/experiments/{claim or '*'}.py" for lesson, claim in experiments]
    words = [word for span in spans for word in span.split()]
    assert gone([*claims, *(word for word in words if word.startswith(FOLDERS))]) == []


def test_the_tree_in_the_readme_is_the_repositorys():
    (tree,) = (block for block in blocks("README.md", "text") if block.startswith("exercises/"))
    paths, parent = [], ""
    for line in tree.splitlines():
        names = re.match(r"(?: *[\w<>/]+(?:\.\w+|/)(?= ))+", line).group().split()
        paths += [parent + name if line.startswith(" ") else name for name in names]
        parent = parent if line.startswith(" ") else names[0]
    assert len(paths) > 15 and gone(paths) == []


@pytest.mark.parametrize("document", DOCUMENTS)
def test_commands_and_their_options_are_there(document):
    for span in quoted(document):
        words = span.split()
        if len(words) > 1 and words[0].split("/")[-1] == "autograder":
            command, *arguments = words[1:]
            assert command in COMMANDS, span
            known = {name for parameter in COMMANDS[command].params for name in parameter.opts}
            assert {word for word in arguments if word.startswith("--")} <= known, span
            if command in ("hint", "solution", "reset") and arguments:
                COURSE.exercise(arguments[0])
        elif words[0].startswith("--"):
            known = {name for command in COMMANDS.values() for parameter in command.params for name in parameter.opts}
            assert words[0] in known | OURS_IN_PYTEST, span


@pytest.mark.parametrize("document", DOCUMENTS)
def test_modules_are_there(document):
    words = [word for span in quoted(document) for word in span.split()]
    modules = {word for word in words if re.fullmatch(r"autograder(\.\w+)+", word)}
    assert [name for name in modules if importlib.util.find_spec(name) is None] == []


def test_the_readme_has_the_two_blocks_that_ci_runs():
    assert len(blocks("README.md", "sh")) == 2


def test_the_readme_lists_every_lesson_and_every_system():
    text = text_of("README.md")
    linked = re.findall(r"\[`(\w+)`\]\(exercises/\w+/README.md\)", text)
    assert linked == list(COURSE.lessons)
    exports = text.partition("| `autograder export` |")[2].partition("\n\n")[0]
    assert sorted(re.findall(r"^\| `(\w+) ", exports, re.MULTILINE)) == systems()


def test_the_failure_that_the_readme_shows_is_what_is_said():
    (shown,) = (block for block in blocks("README.md", "text") if "expected:" in block)
    name, sentence = shown.splitlines()[0].split(": ", 1)
    lesson, _ = COURSE.exercise(name)
    reference = COURSE.reference(lesson.name).read_text(encoding="utf-8")
    paths = sorted((ROOT / "tests/misconceptions" / lesson.name / name).glob("*.py"))
    known = (overlay("misconception", path, reference, lesson) for path in paths)
    case = next(case for case in known if case.sentence == sentence)
    checks = collect_checks(COURSE, lesson, hidden=False, only=[name]).checks
    session = Session.of(lesson, case.submission(lesson.name), LocalTransport)
    verdicts = Run(lesson, checks, session).all()
    session.close()
    first = next(check for check in checks if verdicts[check.name].outcome == "failed")
    said = [f"{name}: {verdicts[first.name].sentence}", *explain(first, verdicts[first.name])]
    assert "\n".join(said) == shown


def test_the_check_in_the_guide_is_one_of_the_courses():
    (check,) = (block for block in blocks("autograder/authoring/README.md", "python") if "@exercise" in block)
    checks = [path.read_text(encoding="utf-8") for path in ROOT.glob("exercises/*/checks/test_*.py")]
    assert any(check in text for text in checks), check


def test_the_probe_in_the_guide_runs():
    (text,) = (block for block in blocks("autograder/authoring/README.md", "python") if "@probe" in block)
    lesson, _ = COURSE.exercise(re.search(r"student\.(\w+)\(", text).group(1))
    session = Session.of(lesson, resolve(ROOT / "solutions", lesson.name), LocalTransport)
    session.begin(0)
    counted = Probe(re.search(r"def (\w+)", text).group(1), text)
    assert Student(session).run(counted, torch.ones(5, 8), 3) == 3 * (5 + 8)
    session.close()


# --- the rooms ------------------------------------------------------------------------------------------------------


def rooms():
    """Room → the rooms that it may import, as the table of autograder/README.md says."""
    rows = re.findall(r"^\| `(\w+)` \|.*\| (.*) \|$", text_of("autograder/README.md"), re.MULTILINE)
    return {room: cell for room, cell in rows}


def test_every_room_is_in_the_table():
    engine = ROOT / "autograder"
    folders = {path.parent.name for path in engine.glob("*/__init__.py")}
    files = {path.stem for path in engine.glob("*.py")} - {"__init__", "__main__", "former"}
    assert set(rooms()) == folders | files


def test_the_table_says_what_the_contracts_say():
    linter = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]
    table, held = rooms(), {}
    for contract in linter["contracts"]:
        sources = [name.removeprefix("autograder.") for name in contract.get("source_modules", [])]
        if len(sources) == 1 and sources[0] in table:
            forbidden = {name.removeprefix("autograder.") for name in contract["forbidden_modules"]}
            exceptions = {one.split(" -> ")[1].split(".")[1] for one in contract.get("ignore_imports", [])}
            held[sources[0]] = (set(table) - forbidden - {"common", sources[0]}) | exceptions
    assert table.pop("cli") == "everything" and held.keys() == table.keys()
    assert {room: set(re.findall(r"`(\w+)`", cell)) & table.keys() for room, cell in table.items()} == held


def test_eleven_files_follow_a_submission():
    files = re.findall(r"^(\d+)\. \[([\w/]+\.py)\]\(\2\): ", text_of("autograder/README.md"), re.MULTILINE)
    assert [int(number) for number, _ in files] == list(range(1, 12)) and len(set(files)) == 11


def test_every_former_name_is_in_the_changelog():
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    listed = dict(re.findall(r"^\| `(autograder\.[\w.]+)` \| `([\w.]+)` \|$", text, re.MULTILINE))
    assert listed == former.NAMES


def test_the_newest_release_is_the_version_everywhere():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    headings = re.findall(r"^## (.*)$", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)
    released = [heading for heading in headings if heading != "Unreleased"]
    assert re.fullmatch(r"\d+\.\d+\.\d+, (\d+ )?\w+ \d{4}", released[0])
    assert released[0].split(",")[0] == project["version"] == autograder.__version__
    assert "Unreleased" not in headings[1:], "what is not released stands first"


# --- the issue form -------------------------------------------------------------------------------------------------


def test_the_issue_forms_are_what_github_takes():
    yaml = pytest.importorskip("yaml", reason="PyYAML is not installed")
    folder = Path(ROOT / ".github/ISSUE_TEMPLATE")
    forms = [path for path in sorted(folder.glob("*.yml")) if path.name != "config.yml"]
    assert forms and yaml.safe_load((folder / "config.yml").read_text())["blank_issues_enabled"] in (True, False)
    for path in forms:
        form = yaml.safe_load(path.read_text())
        assert form["name"] and form["description"] and isinstance(form["body"], list)
        fields = [field for field in form["body"] if field["type"] != "markdown"]
        assert all(field["type"] in ("input", "textarea", "dropdown", "checkboxes") for field in fields)
        assert all(field["attributes"]["label"] for field in fields)
        ids, labels = [field["id"] for field in fields], [field["attributes"]["label"] for field in fields]
        assert len(set(ids)) == len(ids) and len(set(labels)) == len(labels)
