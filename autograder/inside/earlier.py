"""What a student wrote in other lessons, for a lesson that builds on it (`uses` in its lesson.toml).

Runs beside the student's code, as `executor` does, which puts an `EarlierLessons` into the lesson's module.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any


class EarlierLessons:
    """`tools.NAME` is the student's function or class of that name, from whichever lesson has it, or None.

    It is None where it isn't written yet, where its lesson's file isn't there, and where that file can't be loaded
    (`problems` says why, by lesson). Of two lessons that define a name, the first of `lessons` counts.
    """

    def __init__(self, lessons: Mapping[str, Callable[[], tuple[dict[str, Any], str]]]) -> None:
        """`lessons`: for each lesson what loads it and gives its written definitions, and a problem or ""."""
        self._loaders = dict(lessons)
        self._written: dict[str, dict[str, Any]] = {}
        self.problems: dict[str, str] = {}

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        for lesson in self._loaders:
            if name in (found := self._load(lesson)):
                return found[name]
        return None

    def _load(self, lesson: str) -> dict[str, Any]:
        """A lesson's written definitions; its file is run when it is first asked for."""
        if lesson not in self._written:
            self._written[lesson], problem = self._loaders[lesson]()
            if problem:
                self.problems[lesson] = problem
        return self._written[lesson]
