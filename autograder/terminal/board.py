"""What is known of a lesson while it is watched: the latest verdict of each check, and what follows."""

from __future__ import annotations

import time
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from autograder.common.lessons import Course, Lesson
from autograder.terminal.runs import Event
from autograder.terminal.view import _progress

WORDS = {"done": "done", "todo": "to do", "failed": "wrong", "blocked": "blocked", "broken": "broken"}


class Board:
    """Hears the events of runs; `rows`, `problem` and the rest say where the lesson stands."""

    def __init__(self, course: Course, lesson: Lesson) -> None:
        self.course = course
        self.lesson = lesson
        self.checks: dict[str, Event] = {}
        self.problem = ""  # why the latest run has no verdicts
        self.ran_at = ""  # the time on the clock when it ended
        self.seconds = 0.0  # that it took
        self.running = ""  # the exercise that is being checked
        self.summary: list[str] = []  # what pytest ends with

    def hear(self, event: Event) -> None:
        kind = event["event"]
        if kind == "begin":
            self.running = event["exercise"]
        elif kind == "check":
            self.problem = ""
            self.checks[event["check"]] = event
        elif kind == "died":
            at = f"{self.running}: " if self.running else ""
            self.problem = f"{at}{event['text']}"
        elif kind == "problem":
            self.problem = event["text"]
        if kind in ("end", "died", "problem"):
            self.running, self.ran_at = "", time.strftime("%H:%M:%S")
            self.seconds, self.summary = event.get("seconds", 0.0), event.get("summary", [])

    @property
    def rows(self) -> Sequence[Any]:
        """Where each exercise that was checked stands, as pytest's summary counts it (`view`), in teaching order."""
        return _progress(self.lesson, (one["facts"] for one in self.checks.values()))

    @property
    def broken(self) -> str:
        """Why nothing can be checked, if so: the file is no Python, or stops on import."""
        return next((row.sentence for row in self.rows if row.state == "broken"), "")

    @property
    def points(self) -> tuple[Fraction, Fraction]:
        """Earned, and of how many."""
        rows = self.rows
        return sum((row.earned for row in rows), Fraction(0)), sum((row.worth for row in rows), Fraction(0))

    def state(self, exercise: str) -> str:
        """A key of WORDS, or "" as long as it was not checked."""
        return next((str(row.state) for row in self.rows if row.exercise.name == exercise), "")

    def is_done(self) -> bool:
        """Whether the latest run found every exercise done."""
        rows = self.rows
        return bool(rows) and not self.problem and all(row.state == "done" for row in rows)

    def failure(self, exercise: str) -> Event | None:
        """The first check of an exercise that is not passed: the one that pytest tells in full."""
        mine = (one for one in self.checks.values() if one["facts"]["exercise"] == exercise)
        return next((one for one in mine if one["facts"]["outcome"] != "passed"), None)

    def place(self, exercise: str) -> tuple[str, int]:
        """The file and line of the exercise."""
        row = next((row for row in self.rows if row.exercise.name == exercise), None)
        path, _, line = (row.place if row is not None else "").rpartition(":")
        return (path, int(line)) if line.isdigit() else (str(self.course.stub(self.lesson.name)), 1)

    def following(self, exercise: str) -> str | None:
        """The next exercise that is not done, from this one on and around; None where all others are."""
        names = list(self.lesson.exercises)
        at = names.index(exercise) if exercise in names else -1
        around = names[at + 1 :] + names[: max(at, 0)]
        return next((name for name in around if self.state(name) not in ("done", "")), None)


def next_lesson(course: Course, lesson: Lesson) -> Lesson | None:
    """The lesson after this one that has something left to write."""
    names = list(course.lessons)
    later = names[names.index(lesson.name) + 1 :]
    return next((course.lessons[name] for name in later if is_unwritten(course, name)), None)


def is_unwritten(course: Course, lesson: str) -> bool:
    """Whether something of its file is as the stub has it. Whether the rest is right takes a run."""
    try:
        return "is not written yet" in course.stub(lesson).read_text(encoding="utf-8", errors="replace")
    except OSError:
        return False
