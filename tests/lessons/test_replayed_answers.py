"""A check that draws its inputs is not passed by answers that were recorded for others.

Whatever a probe returns was made in the student's process, where it can be made up. A check therefore asks for
something that follows from what it drew. Here the reference answers every check with one seed, and its answers are
given again to the same check with another seed. The exceptions of a lesson stand in
tests/lessons/<lesson>/replayed.toml, which may be missing.
"""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
import torch

from autograder.checking.collecting import collect_checks
from autograder.checking.door import LocalTransport
from autograder.checking.running import Run
from autograder.checking.student import Session, TimeLimits
from autograder.checking.submission import resolve
from autograder.common import wire
from autograder.common.errors import ExecutorDied
from autograder.common.lessons import load_course

COURSE = load_course(Path(__file__).resolve().parents[2])


def one_answer(lesson_name: str) -> set[str]:
    """The checks for which, whatever is drawn, one answer is right: a loss of zero, an error, every parameter."""
    path = Path(__file__).with_name(lesson_name) / "replayed.toml"
    return set(tomllib.loads(path.read_text(encoding="utf-8"))["one_answer"]) if path.exists() else set()


class Recording(LocalTransport):
    """Notes down what is asked of one check, and what is answered."""

    def __init__(self) -> None:
        super().__init__()
        self.log: list[tuple[dict, bytes]] = []

    def exchange(self, request: bytes, deadline: float) -> bytes:
        reply = super().exchange(request, deadline)
        if (message := wire.decode(request))["op"] != "load":
            self.log.append((message, reply))
        return reply


class Replaying(LocalTransport):
    """Gives the recorded answers of one check, in their order, with whatever arguments came as they were."""

    def __init__(self) -> None:
        super().__init__()
        self.log: list[tuple[dict, bytes]] = []
        self.asked: list[dict] = []

    def exchange(self, request: bytes, deadline: float) -> bytes:
        message = wire.decode(request)
        if message["op"] == "load":
            return super().exchange(request, deadline)
        self.asked.append(message)
        if len(self.asked) > len(self.log):
            raise ExecutorDied("there is no more.")
        reply = wire.decode(self.log[len(self.asked) - 1][1])
        sent = {"args": message["args"], "kwargs": message["kwargs"]}
        return wire.encode(reply if "error" in reply else reply | sent)


def inputs(messages: list[dict]) -> list:
    return [[message["name"], message["args"], message["kwargs"]] for message in messages]


def deceived(lesson_name: str) -> set[str]:
    """The checks with probes that old answers pass although something else is asked."""
    torch.set_num_threads(1)
    lesson = COURSE.lesson(lesson_name)
    reference = resolve(COURSE.root / "solutions", lesson_name, lesson.uses)
    found = set()
    recording, replaying = Recording(), Replaying()
    honest = Session(lesson_name, reference, lambda: recording, TimeLimits.none())
    dishonest = Session(lesson_name, reference, lambda: replaying, TimeLimits.none())
    for check in collect_checks(COURSE, lesson).checks:
        recording.log, replaying.asked = [], []
        assert Run(lesson, [check], honest, "A").verdict(check).outcome == "passed", check.name
        if not any(message["op"] == "probe" for message, _ in recording.log):
            continue
        replaying.log = recording.log
        passed = Run(lesson, [check], dishonest, "B").verdict(check).outcome == "passed"
        old = [message for message, _ in recording.log]
        if passed and not wire.same(inputs(replaying.asked), inputs(old)):
            found.add(check.name)
    honest.close()
    return found


@pytest.mark.parametrize("lesson_name", COURSE.lessons)
def test_answers_to_other_inputs_are_no_answers(lesson_name: str) -> None:
    assert deceived(lesson_name) == one_answer(lesson_name)
