"""Watching where there is no terminal to draw on (a pipe, TERM=dumb): plain lines, one block a run."""

from __future__ import annotations

import queue
from pathlib import Path

from autograder.common.lessons import Course, Lesson
from autograder.terminal.board import Board
from autograder.terminal.runs import Event, Runs
from autograder.terminal.saves import Edits, Saves, folders_of


def watch_plainly(course: Course, lesson: Lesson, exercise: str | None, seconds: float) -> None:
    """Check now and after every save, until Ctrl-C."""
    happened: queue.Queue[Event | set[Path]] = queue.Queue()
    saves = Saves(folders_of(course, lesson), happened.put)
    runs = Runs(course, lesson, happened.put, seconds)
    board, edits = Board(course, lesson), Edits(course, lesson)
    try:
        runs.check(exercise)
        while True:
            try:
                event = happened.get(timeout=1)
            except queue.Empty:
                runs.look()
                continue
            if isinstance(event, set):
                exercise = edits.latest() or exercise
                if any(path.parent.name == "checks" or path.suffix == ".toml" for path in event):
                    runs.renew()
                runs.check(exercise)
                continue
            board.hear(event)
            if event["event"] in ("end", "died", "problem"):
                print("\n".join(block(board, exercise)), flush=True)
    except KeyboardInterrupt:
        print()
    finally:
        runs.close()
        saves.close()


def block(board: Board, exercise: str | None) -> list[str]:
    """What one run says: the first failure of the exercise at hand, and where the lesson stands."""
    lines = ["", f"--- {board.lesson.name}, {board.ran_at}, {board.seconds:.2f} s"]
    if board.problem:
        return [*lines, board.problem]
    at_hand = exercise if exercise and board.state(exercise) != "done" else board.following(exercise or "")
    failure = board.failure(at_hand) if at_hand else None
    if failure is not None and failure["lines"]:
        lines += [failure["title"], *failure["lines"]]
        if failure["printed"].strip():
            lines += ["  It printed:", *(f"    {line}" for line in last_lines(failure["printed"]))]
    return [*lines, *board.summary]


def last_lines(printed: str, count: int = 10) -> list[str]:
    return printed.rstrip().splitlines()[-count:]
