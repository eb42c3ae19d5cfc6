"""The trusted side: what a check sees of the student's code, and how little of it is believed."""

import random
import time

import pytest
import torch

from autograder.checking.door import LocalTransport
from autograder.checking.student import Session, Student, TimeLimits, printable
from autograder.checking.submission import Submission
from autograder.checks import CheckFailure, Probe, expect_error
from autograder.common import wire
from autograder.common.errors import (
    ExecutorDied,
    ExecutorTimeout,
    InputChanged,
    LoadError,
    NotPlainData,
    NotWritten,
    StudentError,
)


@pytest.fixture
def opened(tmp_path):
    """Gives a function that makes a `Student` of a source text."""
    sessions = []

    def make(source, spawn=LocalTransport):
        submission = Submission("s", tmp_path, {"toy/toy.py": source.encode()}, paths={"toy/toy.py": "toy.py"})
        session = Session("toy", submission, spawn, TimeLimits.none())
        sessions.append(session)
        session.begin(1)
        return Student(session)

    yield make
    for session in sessions:
        session.close()


class Told:
    """A transport that answers what it is told to: a student's process gone bad."""

    waited = 0.0

    def __init__(self, answers):
        self.answers = iter(answers)
        self.closed = False

    def exchange(self, request, deadline):
        answer = next(self.answers)
        if isinstance(answer, Exception):
            raise answer
        return answer if isinstance(answer, bytes) else wire.encode(answer)

    def close(self):
        self.closed = True


LOADED = {"value": {"f": {"line": 1, "written": True}}}


# --- values and inputs ----------------------------------------------------------------------------------------------


def test_values_come_back(opened):
    student = opened("def f(x, *, scale=1):\n    return {'out': x * scale, 'shape': list(x.shape)}\n")
    seen = student.f(torch.ones(2), scale=3)
    assert seen["out"].tolist() == [3.0, 3.0] and seen["shape"] == [2]


def test_objects_never_reach_the_check(opened):
    with pytest.raises(NotPlainData, match="an A is not plain data"):
        opened("class A: pass\ndef f():\n    return A()\n").f()


MUTATIONS = [
    ("x.add_(1)", "torch.ones(2)"),
    ("x.zero_()", "torch.tensor([float('nan')])"),
    ("x.append(1)", "[1]"),
    ("x.pop('a')", "{'a': 1}"),
    ("x['a'] = x.pop('a')", "{'a': 1, 'b': 2}"),
    ("x[0].mul_(2)", "[torch.ones(1)]"),
    ("x['deep'][0]['er'].t_()", "{'deep': [{'er': torch.ones(2, 3)}]}"),
    ("x.resize_(0)", "torch.ones(2)"),
]


@pytest.mark.parametrize(("statement", "argument"), MUTATIONS)
def test_a_changed_input_is_noticed(opened, statement, argument):
    student = opened(f"def f(x):\n    {statement}\n    return 1\n")
    value = eval(argument)
    with pytest.raises(InputChanged, match="^f$"):
        student.f(value)
    assert wire.same(value, eval(argument)), "the check's own copy must stay as it was"


def test_a_changed_keyword_input_is_noticed(opened):
    with pytest.raises(InputChanged):
        opened("def f(*, x):\n    x += 1\n    return 1\n").f(x=torch.ones(2))


def test_a_changed_input_is_noticed_inside_a_probe(opened):
    probe = Probe("look", "def look(lesson, x):\n    return lesson.f(x).sum().item()\n")
    with pytest.raises(InputChanged, match="^None$"):  # a student has not heard of "look"
        opened("def f(x):\n    return x.mul_(2)\n").run(probe, torch.ones(2))
    assert opened("def f(x):\n    return x.mul(2)\n").run(probe, torch.ones(2)) == 4.0


@pytest.mark.parametrize(
    "argument", ["torch.ones(2, 3).shape", "torch.nn.Linear(1, 1).state_dict()", "torch.nn.Parameter(torch.ones(1))"]
)
def test_an_input_left_alone_is_not_a_changed_one(opened, argument):
    assert opened("def f(x):\n    return len(x)\n").f(eval(argument)) > 0


def test_changing_a_copy_is_fine(opened):
    assert opened("def f(x):\n    x = x.clone()\n    x += 1\n    return x\n").f(torch.ones(1)).item() == 2


# --- exceptions -----------------------------------------------------------------------------------------------------


def test_an_exception_arrives_as_a_student_error(opened):
    student = opened("def f(x):\n    return g(x)\ndef g(x):\n    raise KeyError('no such key')\n")
    with pytest.raises(StudentError) as caught:
        student.f(1)
    error = caught.value
    assert (error.type, error.message) == ("KeyError", "'no such key'")
    assert error.lines == ["toy.py:2 in f: return g(x)", "toy.py:4 in g: raise KeyError('no such key')"]
    assert error.__cause__ is None and error.__context__ is None, "nothing of the student's traceback"


def test_not_written_is_never_a_student_error(opened):
    with pytest.raises(NotWritten) as caught:
        opened("def f(x):\n    return g(x)\ndef g(x):\n    raise NotImplementedError\n").f(1)
    assert caught.value.exercise == "g"


def test_torchs_own_not_implemented_error_is_an_error(opened):
    with pytest.raises(StudentError) as caught:
        opened("from torch import nn\ndef f(x):\n    return nn.Module()(x)\n").f(torch.ones(1))
    assert caught.value.type == "NotImplementedError"


def test_a_missing_function_is_named(opened):
    with pytest.raises(StudentError, match="AttributeError: toy.py defines no double") as caught:
        opened("x = 1\n").double(1)
    assert caught.value.missing == "double"


def test_expect_error_takes_the_right_type_only(opened):
    student = opened(
        "def f(x):\n    if x < 0:\n        raise ValueError('secret')\n"
        "    if x > 0:\n        raise KeyError\n    return 1\n"
    )
    with expect_error("ValueError", what="f of a negative"):
        student.f(-1)
    with pytest.raises(CheckFailure, match=r"^f of a positive must raise ValueError or TypeError\.$") as caught:
        with expect_error("ValueError", "TypeError", what="f of a positive"):
            student.f(1)
    assert caught.value.got == "KeyError"
    with pytest.raises(CheckFailure) as caught:
        with expect_error("ValueError", what="f of zero"):
            student.f(0)
    assert caught.value.got == "no error"


def test_expect_error_lets_not_written_through(opened):
    with pytest.raises(NotWritten):
        with expect_error("NotImplementedError", what="f"):
            opened("def f():\n    raise NotImplementedError\n").f()


def test_an_error_derived_from_the_one_asked_for_is_one(opened):
    student = opened("class Mine(ValueError): pass\ndef f():\n    raise Mine('why')\ndef g():\n    raise KeyError\n")
    with expect_error("ValueError", what="f", explained=True):
        student.f()
    with pytest.raises(CheckFailure), expect_error("ValueError", what="g"):
        student.g()


def test_text_is_made_safe_to_print():
    assert printable("a\x1b[31mred\x07\udc80\u202e\nb\tc") == "a\ufffd[31mred\ufffd\ufffd\ufffd\nb\tc"
    assert len(printable("x" * 10_000)) == 2000
    assert printable(3) == printable(None) == ""


# --- global state ---------------------------------------------------------------------------------------------------


def test_global_state_does_not_reach_the_check(opened):
    before = torch.get_rng_state()
    student = opened(
        "import torch\ntorch.manual_seed(3)\ntorch.set_default_dtype(torch.float64)\n"
        "def f():\n    torch.manual_seed(4)\n    torch.set_grad_enabled(False)\n"
        "    return torch.rand(1).dtype == torch.float64\n"
    )
    assert torch.get_default_dtype() == torch.float32
    assert student.f() is False, "the default dtype was set on import, before the check began"
    assert torch.is_grad_enabled()
    assert torch.equal(before, torch.get_rng_state())


def test_within_a_check_the_students_state_goes_on_as_in_a_process_of_its_own(opened):
    source = "import random, torch\ndef draw():\n    return [torch.rand(2).tolist(), random.random()]\n"
    source += "def off():\n    torch.set_grad_enabled(False)\n    return torch.is_grad_enabled()\n"
    source += "def state():\n    return torch.is_grad_enabled()\n"
    drawn = []
    for outside in (1, 2):
        student = opened(source)
        drawn.append([])
        for _ in range(2):
            torch.manual_seed(outside)
            random.seed(outside)
            drawn[-1].append(student.draw())
            assert random.random() == random.Random(outside).random(), "the check's own draws are not the student's"
    assert drawn[0] == drawn[1] and drawn[0][0] != drawn[0][1]
    student.off()
    assert student.state() is False and torch.is_grad_enabled()


def test_state_set_in_one_check_is_gone_in_the_next(opened):
    student = opened(
        "import torch\ndef spoil():\n    torch.set_default_dtype(torch.float64)\n    torch.set_grad_enabled(False)\n"
        "def f():\n    return [str(torch.rand(1).dtype), torch.is_grad_enabled()]\n"
    )
    student.spoil()
    student._session.begin(2)
    assert student.f() == ["torch.float32", True]


# --- loading --------------------------------------------------------------------------------------------------------


def test_a_submission_with_a_problem_is_never_run(tmp_path):
    session = Session("toy", Submission("s", tmp_path, problem="It is a zip bomb."), lambda: 1 / 0, TimeLimits.none())
    for _ in range(2):
        with pytest.raises(LoadError, match=r"^It is a zip bomb\.$"):
            session.load()


def test_a_failed_load_is_not_tried_again(tmp_path):
    spawned = []

    def spawn():
        spawned.append(Told([{"error": {"message": "no"}}]))
        return spawned[-1]

    session = Session("toy", Submission("s", tmp_path, {}), spawn, TimeLimits.none())
    for _ in range(3):
        with pytest.raises(LoadError, match="^no$"):
            session.load()
    assert len(spawned) == 1 and spawned[0].closed


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (ExecutorTimeout("late"), "toy.py did not finish loading in time."),
        (ExecutorDied("its process ended."), "toy.py could not be loaded: its process ended."),
        (b"nonsense", "toy.py could not be loaded: its process sent something that is not an answer."),
    ],
    ids=["late", "dead", "nonsense"],
)  # fmt: skip
def test_loads_that_end_badly(tmp_path, answer, said):
    session = Session("toy", Submission("s", tmp_path, {}), lambda: Told([answer]), TimeLimits.none())
    with pytest.raises(LoadError) as caught:
        session.load()
    assert str(caught.value) == said


def test_what_a_process_says_of_its_definitions_is_filtered(tmp_path):
    value = {
        "good": {"line": 3, "written": False, "more": 1},
        "bad line": {"line": "3", "written": True},
        "bad flag": {"line": 3, "written": 1},
        "no dict": 5,
        7: {"line": 3, "written": True},
    }
    session = Session("toy", Submission("s", tmp_path, {}), lambda: Told([{"value": value}]), TimeLimits.none())
    session.load()
    assert list(session.definitions) == ["good"] and session.definitions["good"].line == 3


# --- a process gone bad ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "answer", [b"", b"\0" * 100, 5, [], None, {"error": 5}, {"error": []}, {"error": None}], ids=repr
)
def test_nonsense_ends_the_process(opened, answer):
    told = Told([LOADED, answer])
    student = opened("", lambda: told)
    with pytest.raises(ExecutorDied, match="sent something that is not an answer"):
        student.f(1)
    assert told.closed


@pytest.mark.parametrize(
    "answer",
    [
        {"error": {}},
        {"error": {"type": 5, "message": {}, "lines": 3, "own": 1, "raised_in": []}},
        {"error": {"type": "NotImplementedError", "own": 1}},
        {"error": {"type": "ValueError", "lines": [1, "a\x1b"], "missing": 3}},
        {"error": {"type": "X" * 100_000, "message": "Y" * 100_000, "lines": ["Z" * 7000] * 100}},
    ],
    ids=lambda answer: str(answer)[:60],
)
def test_forged_errors_are_still_student_errors(opened, answer):
    with pytest.raises(StudentError) as caught:
        opened("", lambda: Told([LOADED, answer])).f(1)
    error = caught.value
    assert all(isinstance(text, str) for text in (error.type, error.message, error.missing, *error.lines))
    assert len(str(error)) + sum(map(len, error.lines)) < 25_000


@pytest.mark.parametrize(
    "answer", [{}, {"value": 1}, {"value": 1, "args": [1]}, {"value": 1, "args": [2], "kwargs": {}}], ids=str
)
def test_an_answer_without_the_inputs_as_they_were_is_no_answer(opened, answer):
    with pytest.raises(InputChanged):
        opened("", lambda: Told([LOADED, answer])).f(1)


def test_after_a_death_the_next_check_has_a_new_process(opened):
    answers = [[LOADED, ExecutorDied("it died.")], [LOADED, {"value": 7, "args": [1], "kwargs": {}}]]
    spawned = []

    def spawn():
        spawned.append(Told(answers[len(spawned)]))
        return spawned[-1]

    student = opened("", spawn)
    with pytest.raises(ExecutorDied):
        student.f(1)
    with pytest.raises(ExecutorDied, match="has ended already"):
        student.f(1)  # the same check goes on
    student._session.begin(2)
    assert student.f(1) == 7 and len(spawned) == 2


def test_the_time_for_a_submission_ends(tmp_path):
    session = Session("toy", Submission("s", tmp_path, {}), lambda: Told([LOADED]), TimeLimits(submission=0.0))
    with pytest.raises(ExecutorTimeout, match="whole submission"):
        session.load()


def test_a_check_gets_its_own_time_from_where_it_begins(tmp_path):
    given = []

    class Noting(Told):
        def exchange(self, request, deadline):
            given.append(deadline - time.monotonic())
            return super().exchange(request, deadline)

    answer = {"value": 1, "args": [], "kwargs": {}}
    told = Noting([LOADED, answer, answer])
    session = Session(
        "toy", Submission("s", tmp_path, {}), lambda: told, TimeLimits(load=500, check=50, submission=520)
    )
    student = Student(session)
    for _ in range(2):
        session.begin(1)
        student.f()
    load, first, second = given
    assert 400 < load <= 500 and 40 < first <= 50 and 40 < second <= 50


def test_time_that_a_process_waits_for_a_core_is_not_counted(tmp_path):
    given = []

    class Waiting(Told):
        waited = 0.0

        def exchange(self, request, deadline):
            given.append(deadline - time.monotonic())
            time.sleep(0.2)
            self.waited += 0.15 if len(given) > 1 else 0.0
            return super().exchange(request, deadline)

    answer = {"value": 1, "args": [], "kwargs": {}}
    told = Waiting([LOADED, answer, answer, answer])
    session = Session("toy", Submission("s", tmp_path, {}), lambda: told, TimeLimits(load=5, check=5, submission=6))
    student = Student(session)
    session.begin(1)
    for _ in range(3):
        student.f()
    assert given == [pytest.approx(seconds, abs=0.04) for seconds in (5.0, 5.0, 4.95, 4.9)]
    assert session._left == pytest.approx(6 - 0.2 - 3 * 0.05, abs=0.06)
