"""Former names of the engine's modules: for one release they go on working, with a word about the new name.

They stand in folders that were handed out, in an installation's entry points, and in instructors' private checks.
"""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import importlib.util
import sys
import warnings
from types import CodeType, ModuleType
from typing import Any

NAMES = {
    "autograder.audit": "autograder.authoring.audit",
    "autograder.classroom50": "autograder.systems.classroom50.runner",
    "autograder.collecting": "autograder.checking.collecting",
    "autograder.exports": "autograder.systems",
    "autograder.exports.nbgrader": "autograder.systems.nbgrader",
    "autograder.exports.otter": "autograder.systems.otter",
    "autograder.grade": "autograder.grading.grade",
    "autograder.gradescope": "autograder.systems.gradescope.container",
    "autograder.lessons": "autograder.scripts",
    "autograder.plugin": "autograder.terminal.plugin",
    "autograder.report": "autograder.checking.report",
    "autograder.running": "autograder.checking.running",
    "autograder.student": "autograder.checks",
    "autograder.stubs": "autograder.common.stubs",
    "autograder.submission": "autograder.checking.submission",
    "autograder.wire": "autograder.common.wire",
    "autograder.writers": "autograder.grading.files",
}
_SILENT = {"autograder.plugin"}  # an entry point: who pulled a new version has not installed anew


class Former(FutureWarning):
    """A former name was used; the text says what to write now."""


def warn(text: str) -> None:
    """Say what to write now."""
    warnings.warn(text, Former, stacklevel=3)


class _Finder(importlib.abc.MetaPathFinder):
    def find_spec(self, name: str, path: Any = None, target: Any = None) -> importlib.machinery.ModuleSpec | None:
        if name not in NAMES:
            return None
        if name not in _SILENT:
            warn(f"{name} is called {NAMES[name]} now: write that.")
        return importlib.util.spec_from_loader(name, _Loader(NAMES[name]), is_package=name == "autograder.exports")


class _Loader(importlib.abc.InspectLoader):
    """A module that holds what the one of the new name holds; `python -m` runs that one."""

    def __init__(self, name: str) -> None:
        self.name = name

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> ModuleType | None:
        return None

    def exec_module(self, module: ModuleType) -> None:
        held = vars(importlib.import_module(self.name))
        module.__dict__.update({key: value for key, value in held.items() if not key.startswith("__")})

    def get_code(self, fullname: str) -> CodeType | None:
        spec = importlib.util.find_spec(self.name)
        assert spec is not None and isinstance(spec.loader, importlib.abc.InspectLoader)
        return spec.loader.get_code(self.name)

    def get_source(self, fullname: str) -> str | None:
        return None

    def is_package(self, fullname: str) -> bool:
        return fullname == "autograder.exports"


def install() -> None:
    """Have Python find the former names; once in a process."""
    if not any(isinstance(finder, _Finder) for finder in sys.meta_path):
        sys.meta_path.append(_Finder())
