"""Hears of saves in a lesson's folders, and says which exercise was edited."""

from __future__ import annotations

import ast
import threading
from collections.abc import Callable, Iterable
from pathlib import Path

from autograder.common.lessons import Course, Lesson


class Saves:
    """Calls `heard` with the files that were saved, in a thread of its own, until it is closed."""

    def __init__(self, folders: Iterable[Path], heard: Callable[[set[Path]], None]) -> None:
        self._heard = heard
        self._stop = threading.Event()
        self._began = threading.Event()
        self._thread = threading.Thread(target=self._watch, args=(list(folders),), daemon=True)
        self._thread.start()
        self._began.wait(10)  # so that no save from now on is missed

    def close(self) -> None:
        self._stop.set()
        self._thread.join(2)

    def _watch(self, folders: list[Path]) -> None:
        from watchfiles import watch

        saves = watch(
            *folders,
            watch_filter=lambda _, path: path.endswith((".py", "lesson.toml")),
            debounce=200,
            step=10,  # ms without a further change; one that comes later begins the run anew
            rust_timeout=100,
            yield_on_timeout=True,
            stop_event=self._stop,
            raise_interrupt=False,
        )
        for saved in saves:
            self._began.set()
            if saved:
                self._heard({Path(path) for _, path in saved})


def folders_of(course: Course, lesson: Lesson) -> list[Path]:
    """Where what decides the lesson's verdicts is saved: its folder, and those of the lessons that it uses."""
    return [lesson.folder, *(course.lesson(name).folder for name in lesson.uses)]


class Edits:
    """Says which exercise a save edited: the first whose text differs from what it was when all of it was Python."""

    def __init__(self, course: Course, lesson: Lesson) -> None:
        self._file = course.stub(lesson.name)
        self._lesson = lesson
        self._was = self._definitions()

    def latest(self) -> str | None:
        """In teaching order; None where none differs, or the file is no Python, or is only just being written."""
        was, now = self._was, self._definitions()
        if not now:
            return None
        self._was = now
        return next((name for name in self._lesson.exercises if was and was.get(name) != now.get(name)), None)

    def _definitions(self) -> dict[str, str]:
        try:
            return _definitions(self._file.read_text(encoding="utf-8"))
        except (OSError, SyntaxError, ValueError):
            return {}


def _definitions(source: str) -> dict[str, str]:
    """The text of each top-level definition and assignment, by the name that it binds."""
    found: dict[str, str] = {}
    lines = source.split("\n")
    for node in ast.parse(source).body:
        names = [node.name] if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)) else []
        if isinstance(node, (ast.Assign, ast.AnnAssign)):
            names = [one.id for one in ast.walk(node) if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Store)]
        first = min([node.lineno, *(one.lineno for one in getattr(node, "decorator_list", []))])
        found |= dict.fromkeys(names, "\n".join(lines[first - 1 : node.end_lineno]))
    return found
