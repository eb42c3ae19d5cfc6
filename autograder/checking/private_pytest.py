"""What the engine takes from pytest that pytest does not promise. Nothing else in the engine does.

pyproject.toml holds pytest to the minor version that this was tested with; before that is moved,
tests/engine/checking/test_private_pytest.py says what another version has changed.
"""

from __future__ import annotations

from typing import Any

import pytest
from _pytest._code.code import ReprFileLocation, TerminalRepr
from _pytest._io import TerminalWriter

__all__ = ["ReprFileLocation", "TerminalRepr", "TerminalWriter", "fixtures_asked_for", "parameters"]


def fixtures_asked_for(item: pytest.Function) -> tuple[str, ...]:
    """The parameters of a test: not what is there unasked, such as a fixture of a student's own conftest."""
    return item._fixtureinfo.argnames


def parameters(item: pytest.Function) -> dict[str, Any]:
    """What `parametrize` gave a test, by name."""
    callspec = getattr(item, "callspec", None)
    return dict(callspec.params) if callspec is not None else {}
