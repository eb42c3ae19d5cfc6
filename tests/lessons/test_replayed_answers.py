"""A check that draws its inputs is not passed by answers that were recorded for others, nor by altered ones.

Whatever a probe returns was made in the student's process, where it can be made up. A check therefore asks for
something that follows from what it drew.

First, the reference answers every check with one seed, and its answers are given again to the same check with another
seed. The exceptions of a lesson stand in tests/lessons/<lesson>/replayed.toml (`one_answer`), which may be missing.

Then a single probe is answered so, the rest honestly; or its honest answer is given with its numbers moved, negated or
permuted. What passes differs from the honest answer in something that the check does not look at, or is the answer to
something that was not asked; and a known mistake is not saved by answering one of its probes so.

At last points: what recorded answers earn of a lesson (MAY_EARN at most). An exercise that is a finite table can be
learnt by heart whatever is asked; `finite` in replayed.toml names it with its size, and it is counted apart.

    python tests/lessons/test_replayed_answers.py lora      # prints what is earned, by which checks, and what passes
"""

from __future__ import annotations

import sys
import tomllib
from collections.abc import Callable, Collection, Iterator
from pathlib import Path
from typing import Any

import pytest
import torch

from autograder.authoring.audit import cases
from autograder.checking.collecting import collect_checks
from autograder.checking.door import LocalTransport
from autograder.checking.running import Run
from autograder.checking.student import Session
from autograder.checking.submission import Submission, resolve
from autograder.common import wire
from autograder.common.errors import ExecutorDied
from autograder.common.lessons import load_course

COURSE = load_course(Path(__file__).resolve().parents[2])
MAY_EARN = 0.05  # of a lesson's points, finite tables left out


def exceptions(lesson_name: str, key: str) -> dict[str, Any]:
    """What replayed.toml of a lesson's tests says under this key: each name with its reason or size."""
    path = Path(__file__).with_name(lesson_name) / "replayed.toml"
    return tomllib.loads(path.read_text(encoding="utf-8")).get(key, {}) if path.exists() else {}


class Answering(LocalTransport):
    """Notes down what is asked of one check and what is answered; `change` makes another answer of an honest one."""

    def __init__(self) -> None:
        super().__init__()
        self.log: list[tuple[dict, dict]] = []
        self.change: Callable[[int, dict], dict] = lambda index, reply: reply
        self.changed = False

    def begin(self, change: Callable[[int, dict], dict] = lambda index, reply: reply) -> None:
        self.log, self.change, self.changed = [], change, False

    def exchange(self, request: bytes, deadline: float) -> bytes:
        honest = super().exchange(request, deadline)
        if (message := wire.decode(request))["op"] == "load":
            return honest
        given = wire.encode(self.change(len(self.log), wire.decode(honest)))
        self.changed = self.changed or not wire.same(wire.decode(given), wire.decode(honest))
        self.log.append((message, wire.decode(honest)))
        return given


class Answers:
    """A submission, the reference unless another is given, answering a lesson's checks."""

    def __init__(self, lesson_name: str, checks: list[Any] | None = None, submission: Submission | None = None) -> None:
        torch.set_num_threads(1)
        self.lesson = COURSE.lesson(lesson_name)
        self.checks = checks or collect_checks(COURSE, self.lesson).checks
        self.transport = Answering()
        submission = submission or resolve(COURSE.root / "solutions", lesson_name, self.lesson.uses)
        self.session = Session.of(self.lesson, submission, lambda: self.transport)

    def passes(self, check: Any, seed: str, change: Callable[[int, dict], dict] = lambda index, reply: reply) -> bool:
        self.transport.begin(change)
        return Run(self.lesson, [check], self.session, seed).verdict(check).outcome == "passed"

    def recorded(self) -> Iterator[tuple[Any, list[tuple[dict, dict]]]]:
        """Each check, with what it asked under one seed and the answers."""
        for check in self.checks:
            assert self.passes(check, "A"), check.name
            yield check, self.transport.log

    def pass_again(self, check: Any, old: list[tuple[dict, dict]]) -> bool:
        """Whether what was recorded under one seed passes the check under another."""

        def again(index: int, reply: dict) -> dict:
            if index >= len(old):
                raise ExecutorDied("there is no more.")
            return with_what_was_sent(old[index][1], reply)

        return self.passes(check, "B", again)


# --- a whole check --------------------------------------------------------------------------------------------------


def deceived(lesson_name: str) -> set[str]:
    """The checks with probes that old answers pass although something else is asked."""
    answers, found = Answers(lesson_name), set()
    for check, old in answers.recorded():
        asks_probes = any(message["op"] == "probe" for message, _ in old)
        if asks_probes and answers.pass_again(check, old) and not wire.same(inputs(answers.transport.log), inputs(old)):
            found.add(check.name)
    return found


def inputs(log: list[tuple[dict, dict]]) -> list:
    return [[message["name"], message["args"], message["kwargs"]] for message, _ in log]


def with_what_was_sent(old: dict, reply: dict) -> dict:
    """An old answer beside the arguments of this call, without which they would count as changed in place."""
    return old if "error" in old else old | {name: reply[name] for name in ("args", "kwargs") if name in reply}


@pytest.mark.parametrize("lesson_name", COURSE.lessons)
def test_answers_to_other_inputs_are_no_answers(lesson_name: str) -> None:
    assert deceived(lesson_name) == set(exceptions(lesson_name, "one_answer"))


# --- a single probe -------------------------------------------------------------------------------------------------


def changed_numbers(value: Any, change: Callable[[Any], Any]) -> Any:
    """The value with `change` applied to each of its floating-point numbers and tensors."""
    if isinstance(value, (list, tuple)):
        return type(value)(changed_numbers(one, change) for one in value)
    if isinstance(value, dict):
        return {name: changed_numbers(one, change) for name, one in value.items()}
    is_float = isinstance(value, float) or (isinstance(value, torch.Tensor) and value.dtype.is_floating_point)
    return change(value) if is_float else value


def permuted(value: Any) -> Any:
    """The value with the entries of each tensor, and of each list of numbers, moved on by one."""
    if isinstance(value, torch.Tensor):
        return value.flatten().roll(1).view(value.shape)
    if isinstance(value, (list, tuple)):
        found = [permuted(one) for one in value]
        return type(value)(found[-1:] + found[:-1] if all(type(one) in (int, float) for one in value) else found)
    return {name: permuted(one) for name, one in value.items()} if isinstance(value, dict) else value


ALTERED = {
    "moved": lambda value: changed_numbers(value, lambda number: number * 1.37 + 0.11),
    "negated": lambda value: changed_numbers(value, lambda number: -number),
    "permuted": permuted,
}


def loose(lesson_name: str) -> set[str]:
    """`CHECK PROBE KIND` for each answer of a probe that differs from the honest one and passes all the same."""
    answers, found = Answers(lesson_name), set()
    for check, old in answers.recorded():
        for at in (index for index, (message, _) in enumerate(old) if message["op"] == "probe"):
            for kind in ("replayed", *ALTERED):

                def instead(index: int, reply: dict, at: int = at, kind: str = kind, then: dict = old[at][1]) -> dict:
                    if index != at:
                        return reply
                    if kind == "replayed":
                        return with_what_was_sent(then, reply)
                    return reply | {"value": ALTERED[kind](reply["value"])} if "value" in reply else reply

                if answers.passes(check, "B", instead) and answers.transport.changed:
                    found.add(f"{check.name} {old[at][0]['name']} {kind}")
    return found


@pytest.mark.parametrize("lesson_name", COURSE.lessons)
def test_an_altered_answer_of_one_probe_is_no_answer(lesson_name: str) -> None:
    assert loose(lesson_name) == set(exceptions(lesson_name, "loose"))


# --- a single probe of a known mistake ------------------------------------------------------------------------------


def saved(lesson_name: str, every: int = 1) -> list[str]:
    """Each known mistake (of `every` one) that loses nothing once one of its probes has recorded answers."""
    right = Answers(lesson_name)
    recordings = {check.name: log for check, log in right.recorded()}
    found = []
    for case in [case for case in cases(COURSE, right.lesson) if case.kind == "misconception"][::every]:
        own = [check for check in right.checks if check.exercise in case.exercises]
        wrong = Answers(lesson_name, own, case.submission(lesson_name))
        failed = [check for check in own if not wrong.passes(check, "B")]
        for probe in sorted({name for check in failed for name in probes(recordings[check.name])}):
            if all(wrong.passes(check, "B", with_one_recorded(probe, recordings[check.name])) for check in failed):
                found.append(f"{case.name} {probe}")
        wrong.session.close()
    return found


def probes(log: list[tuple[dict, dict]]) -> set[str]:
    return {message["name"] for message, _ in log if message["op"] == "probe"}


def with_one_recorded(probe: str, log: list[tuple[dict, dict]]) -> Callable[[int, dict], dict]:
    """Answers every question of one probe as the log has it, and all else honestly."""

    def instead(index: int, reply: dict) -> dict:
        asked_so = index < len(log) and log[index][0].get("name") == probe
        return with_what_was_sent(log[index][1], reply) if asked_so else reply

    return instead


@pytest.mark.parametrize("lesson_name", COURSE.lessons)
def test_a_recorded_probe_saves_no_mistake(lesson_name: str) -> None:
    assert set(saved(lesson_name, every=20)) <= set(exceptions(lesson_name, "saved"))


@pytest.mark.whole
@pytest.mark.parametrize("lesson_name", COURSE.lessons)
def test_a_recorded_probe_saves_no_mistake_at_all(lesson_name: str) -> None:
    assert set(saved(lesson_name)) == set(exceptions(lesson_name, "saved"))


# --- what points are to be had without doing the work ---------------------------------------------------------------


def earning(lesson_name: str) -> list[Any]:
    """The checks that pass, with one seed, what was recorded with another."""
    answers = Answers(lesson_name)
    return [check for check, old in answers.recorded() if answers.pass_again(check, old)]


def shares(lesson_name: str, checks: list[Any]) -> str:
    """What these checks earn, in words, finite tables apart."""
    finite, lesson = exceptions(lesson_name, "finite"), COURSE.lesson(lesson_name)
    total = sum(exercise.points for name, exercise in lesson.exercises.items() if name not in finite)
    text = f"{points(checks, without=finite):.1f} of {total} points of {lesson_name}"
    for name, size in finite.items():
        mine = points([check for check in checks if check.exercise == name])
        text += f"; {mine:.1f} of {lesson.exercises[name].points} of {name} ({size})"
    return text


def points(checks: list[Any], without: Collection[str] = ()) -> float:
    return float(sum(check.worth for check in checks if check.exercise not in without))


@pytest.mark.parametrize("lesson_name", COURSE.lessons)
def test_recorded_answers_earn_next_to_nothing(lesson_name: str) -> None:
    checks = earning(lesson_name)
    print(shares(lesson_name, checks))
    finite, exercises = exceptions(lesson_name, "finite"), COURSE.lesson(lesson_name).exercises
    total = sum(exercise.points for name, exercise in exercises.items() if name not in finite)
    assert points(checks, without=finite) <= MAY_EARN * total, [check.name for check in checks]


if __name__ == "__main__":
    if len(sys.argv) != 2 or sys.argv[1] not in COURSE.lessons:
        sys.exit(f"usage: python {sys.argv[0]} {{{','.join(COURSE.lessons)}}}")
    name = sys.argv[1]
    print("Answers recorded under another seed earn", shares(name, earning(name)), "by these checks:")
    print(*(f"    {check.exercise} {check.name} {float(check.worth):.2f}" for check in earning(name)), sep="\n")
    print("Altered answers that pass (check, probe, kind):")
    print(*(f"    {one}" for one in sorted(loose(name))), sep="\n")
    print("Mistakes that one recorded probe saves (mistake, probe):")
    print(*(f"    {one}" for one in saved(name)), sep="\n")
