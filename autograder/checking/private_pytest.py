"""What the engine takes from pytest that pytest does not promise. Nothing else in the engine does.

pyproject.toml holds pytest to the minor version that this was tested with; before that is moved,
tests/engine/checking/test_private_pytest.py says what another version has changed.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from _pytest._code.code import ReprFileLocation, TerminalRepr
from _pytest._io import TerminalWriter

__all__ = ["ReprFileLocation", "TerminalRepr", "TerminalWriter", "drop_warnings", "fixtures_asked_for", "parameters"]


def fixtures_asked_for(item: pytest.Function) -> tuple[str, ...]:
    """The parameters of a test: not what is there unasked, such as a fixture of a student's own conftest."""
    return item._fixtureinfo.argnames


def drop_warnings(reporter: Any, is_theirs: Callable[[str, str], bool]) -> None:
    """Take away, before they are printed and counted, the warnings that `is_theirs(file, text)` is true of."""
    if kept := [
        one for one in reporter.stats.get("warnings", ()) if not is_theirs(str(one.fslocation[0]), one.message)
    ]:
        reporter.stats["warnings"] = kept
    else:
        reporter.stats.pop("warnings", None)


def parameters(item: pytest.Function) -> dict[str, Any]:
    """What `parametrize` gave a test, by name."""
    callspec = getattr(item, "callspec", None)
    return dict(callspec.params) if callspec is not None else {}
