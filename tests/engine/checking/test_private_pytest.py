"""What the engine takes from pytest without a promise is still what it takes it for, and lies in one module."""

import ast
import io
from pathlib import Path

import pytest

from autograder.checking import private_pytest
from autograder.checking.private_pytest import (
    ReprFileLocation,
    TerminalRepr,
    TerminalWriter,
    fixtures_asked_for,
    parameters,
)

ENGINE = Path(private_pytest.__file__).resolve().parents[1]
PRIVATE = {"_pytest", "_fixtureinfo", "callspec"}


@pytest.fixture(autouse=True)
def unasked():
    """As in a student's own conftest."""


@pytest.mark.parametrize(("number", "word"), [(3, "three")])
def test_what_a_test_asks_for_is_its_parameters_and_no_more(request, number, word, tmp_path):
    assert fixtures_asked_for(request.node) == ("request", "number", "word", "tmp_path")
    assert parameters(request.node) == {"number": 3, "word": "three"}


def test_a_test_without_parametrize_has_no_parameters(request):
    assert "unasked" in request.fixturenames
    assert fixtures_asked_for(request.node) == ("request",) and parameters(request.node) == {}


def test_a_failures_place_holds_the_sentence_that_the_summary_prints():
    place = ReprFileLocation("test_it.py", 3, "It is wrong.")
    assert (place.path, place.lineno, place.message) == ("test_it.py", 3, "It is wrong.")


def test_what_stands_for_a_traceback_is_written_line_by_line():
    class Told(TerminalRepr):
        def toterminal(self, tw: TerminalWriter) -> None:
            tw.line("It is wrong.", red=True, bold=True)
            tw.line("  expected: 2")

    out = io.StringIO()
    Told().toterminal(TerminalWriter(out))
    assert out.getvalue() == "It is wrong.\n  expected: 2\n"
    report = pytest.TestReport("nodeid", ("test_it.py", 2, "test_it"), {}, "failed", Told(), "call")
    assert report.longreprtext == "It is wrong.\n  expected: 2", "pytest asks it to write itself"


def private_uses(path):
    """The lines of a file that take something from pytest that it does not promise."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name.split(".")[0] for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [(node.module or "").split(".")[0]]
        elif isinstance(node, ast.Attribute):
            names = [node.attr]
        elif isinstance(node, ast.Constant):  # for getattr
            names = [node.value]
        if PRIVATE.intersection(names):
            yield node.lineno


def test_nothing_else_in_the_engine_takes_what_is_private():
    found = {path.relative_to(ENGINE).as_posix() for path in ENGINE.rglob("*.py") if any(private_uses(path))}
    assert found == {"checking/private_pytest.py"}
