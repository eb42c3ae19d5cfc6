"""What code does is told from how it is written down, and what it leans on from what lies beside it."""

import ast
import re
import subprocess
import sys
import textwrap

import pytest

from autograder.checking.sources import imported_files, leaned_on, normalised

PLAIN = """
def scaled(x, by=2):
    if x:
        return x * by
    return f"{x!r}"
"""

COMMENTED = '''
"""A module."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import Tensor


# a comment
def scaled(
    x: Tensor,
    by: int=2,  # another
) -> Tensor | str:
    """A docstring."""
    if x: return (x * by)
    return f'{x!r}'
'''


def digest(source):
    return normalised(ast.parse(source))


def test_comments_docstrings_types_and_layout_count_for_nothing():
    assert digest(PLAIN) == digest(COMMENTED)


@pytest.mark.parametrize(
    ("old", "new"), [("x * by", "by * x"), ("by=2", "by=3"), ("!r", "!s"), ("if x:", "if not x:"), ("scaled", "grown")]
)
def test_whatever_changes_what_it_does_counts(old, new):
    assert digest(PLAIN.replace(old, new)) != digest(PLAIN)


def test_a_text_that_is_no_docstring_counts():
    assert digest("x = 'a'") != digest("x = 'b'")
    assert digest("def f():\n    return 1\n    'a'") != digest("def f():\n    return 1\n    'b'")


FILES = {
    "toy/toy.py": b"""
import math
import os

SCALE = math.pi
UNUSED = os.name


def double(x):
    return helper(x) * SCALE


def helper(x):
    return 2 * x


def other(tools, x):
    return tools.borrowed(x)


def alone(x):
    return x
""",
    "lent/lent.py": b"""
def borrowed(x):
    return x + 1


def kept(x):
    return x
""",
}


def bound(*names):
    """What the chosen statements bind: of each, the first name in it."""
    return {re.search(r"(?:name|id)='(\w+)'", line)[1] for line in leaned_on(FILES, names).splitlines()}


def test_what_a_name_leans_on_comes_along_and_nothing_else():
    assert bound("double") == {"double", "helper", "SCALE", "math"}


def test_an_attribute_may_be_another_files_function():
    assert bound("other") == {"other", "borrowed"}


def test_a_constant_that_is_leaned_on_counts():
    changed = {**FILES, "toy/toy.py": FILES["toy/toy.py"].replace(b"math.pi", b"math.e")}
    assert leaned_on(changed, ["double"]) != leaned_on(FILES, ["double"])
    assert leaned_on(changed, ["alone"]) == leaned_on(FILES, ["alone"])


def test_every_definition_of_a_name_counts():
    """As an overlay's, which stands after the one that it replaces."""
    twice = {"toy/toy.py": FILES["toy/toy.py"] + b"\n\ndef helper(x):\n    return 3 * x\n"}
    assert leaned_on(twice, ["double"]) != leaned_on({"toy/toy.py": FILES["toy/toy.py"]}, ["double"])


def test_what_a_file_imports_beside_it_and_from_a_package_is_found(tmp_path, monkeypatch):
    for path, text in {
        "claims/one.py": "from ._shared import x\nimport json\n",
        "claims/_shared.py": "def f():\n    from package import deep\n",
        "claims/_unused.py": "",
        "package/__init__.py": "",
        "package/deep.py": "import package.deeper\n",
        "package/deeper.py": "",
        "package/unused.py": "",
    }.items():
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_text(text)
    monkeypatch.syspath_prepend(tmp_path)
    found = imported_files(tmp_path / "claims/one.py", ["package"])
    names = {path.relative_to(tmp_path).as_posix() for path in found}
    package = {"package/__init__.py", "package/deep.py", "package/deeper.py"}
    assert names == {"claims/one.py", "claims/_shared.py", *package}
    assert {path.name for path in imported_files(tmp_path / "claims/one.py", [])} == {"one.py", "_shared.py"}


def test_the_order_of_sets_does_not_show():
    script = f"""
        from autograder.checking.sources import leaned_on
        print(leaned_on({FILES!r}, ["double", "other"]).encode())
    """
    command = [sys.executable, "-c", textwrap.dedent(script)]
    said = {subprocess.check_output(command, env={"PYTHONHASHSEED": seed}, text=True) for seed in ("1", "2", "3")}
    assert len(said) == 1 and said != {""}
