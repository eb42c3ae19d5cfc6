"""The same checks say the same of a submission in the sandbox and in process, however odd it is.

What the lessons know of is judged both ways in tests/lessons/test_known_solutions.py.
"""

import pytest
import torch

from autograder.checking.door import LocalTransport
from autograder.checking.student import Student
from autograder.checks import Probe
from autograder.inside.processes import NOT_SHARED, REFUSED

DEFAULTS = "torch.set_default_device('meta')\ntorch.set_default_dtype(torch.float64)\n"
ODD = {
    "raises": "raise ValueError('no')",
    "changes its input": "return x.add_(x)",
    "no data": "return object()",
    "NaN": "return x / 0 * 0",
    "another dtype": "return (x + x).double()",
    "random": "return x + torch.rand_like(x)",
    "random in three ways": "import random, numpy; return x * random.random() + float(numpy.random.rand())",
    "state that stays": "double.calls = getattr(double, 'calls', 0) + 1; return x * double.calls",
    "grad mode left behind": "torch.set_grad_enabled(False); return x + torch.is_grad_enabled()",
    "dtype left behind": "torch.set_default_dtype(torch.float64); return x + torch.rand(1)",
    "device left behind": "torch.set_default_device('meta'); return x + torch.ones(1)",
    "device and dtype set on load": "return x * torch.full((1,), 2)\n\n\n" + DEFAULTS,
    "a distribution that refuses": "torch.distributions.Categorical(probs=torch.zeros(2)); return x + x",
    "compiled": "return compiled(x)\n\n\ncompiled = torch.compile(lambda x: x + x, backend='eager')",
    "not written inside": "return helper(x)\n\n\ndef helper(x):\n    raise NotImplementedError",
    "gone": "return x\n\n\ndel globals()['double']",
    "without an end": "return double(x)",
    "prints": "print('x' * 100_000); return x + x",
    "odd text": "return 'a\\x1b[2J\\ud800'",
    "alias": "return x",
    "raises a ring": "a = KeyError(); b = ValueError(); a.__context__, b.__context__ = b, a; raise a",
    "raises a liar": "raise type('Liar', (Exception,), {'__cause__': property(lambda self: 1 / 0)})",
    "keeps its input": "torch.kept = x; return x + x",
}


STARTS = {
    "subprocess": "import subprocess; subprocess.run(['true']); return x + x",
    "system": "import os; os.system('true'); return x + x",
    "a fork": "import os; os.fork() or os._exit(0); return x + x",
    "a spawned process": "from multiprocessing import get_context as get; get('spawn').Process(target=abs).start()",
    "workers that load data": "list(torch.utils.data.DataLoader([1, 2], num_workers=1)); return x + x",
}


SHARES = {
    "a lock": "import multiprocessing; multiprocessing.Lock(); return x + x",
    "a queue": "from multiprocessing import Queue; Queue(); return x + x",
    "a simple queue": "import multiprocessing; multiprocessing.SimpleQueue(); return x + x",
    "a semaphore": "import torch.multiprocessing as mp; mp.Semaphore(2); return x + x",
    "an event": "import multiprocessing; multiprocessing.Event(); return x + x",
    "a value": "import multiprocessing; multiprocessing.Value('i', 1); return x + x",
    "a raw array": "import multiprocessing; multiprocessing.RawArray('i', 3); return x + x",
    "a pool": "import multiprocessing; multiprocessing.get_context('fork').Pool(1); return x + x",
    "a pool of threads": "from multiprocessing.pool import ThreadPool; ThreadPool(1); return x + x",
    "a pool that is never used": "from concurrent import futures; futures.ProcessPoolExecutor(1); return x + x",
    "memory": "from multiprocessing import shared_memory as sm; sm.SharedMemory(create=True, size=9); return x + x",
    "a tensor": "torch.ones(3).share_memory_(); return x + x",
}
ALLOWED = {
    "threads": "import threading; t = threading.Thread(target=abs, args=(1,)); t.start(); t.join(); return x + x",
    "a pool of threads": "from concurrent import futures; futures.ThreadPoolExecutor(1).submit(abs, 1); return x + x",
    "a pipe": "import multiprocessing; multiprocessing.Pipe(); return x + x",
    "no workers": "return x + sum(torch.utils.data.DataLoader([x], batch_size=None))",
    "a lock that can be done without": "import multiprocessing\n    try:\n        multiprocessing.Lock()\n"
    "    except OSError:\n        pass\n    return x + x",
}


@pytest.mark.parametrize(
    ("body", "sentence"),
    [(body, said) for bodies, said in ((STARTS, REFUSED), (SHARES, NOT_SHARED)) for body in bodies.values()],
    ids=[*STARTS, *SHARES],
)
def test_processes_are_refused_in_the_same_words_both_ways(zygote, judged, toy, body, sentence):
    checks = [check for check in toy.checks() if check.exercise == "double"]
    for source in (toy.with_double(body), f"{toy.reference}\nx = torch.ones(1)\n" + body.replace("; return x + x", "")):
        submission = toy.submission(source)
        verdicts, here = judged(toy.lesson, checks, submission, LocalTransport)
        _, there = judged(toy.lesson, checks, submission, zygote.spawn)
        assert here == there
        first = verdicts["test_double_adds"]
        assert sentence in first.sentence + first.got, first


@pytest.mark.parametrize("body", ALLOWED.values(), ids=ALLOWED)
def test_what_needs_no_process_works_both_ways(zygote, judged, toy, body):
    for spawn in (LocalTransport, zygote.spawn):
        _, said = judged(toy.lesson, toy.checks(), toy.submission(toy.with_double(body)), spawn)
        assert {outcome for outcome, *_ in said.values()} == {"passed"}


def test_only_what_a_submission_starts_itself_is_refused(judged, toy, monkeypatch, tmp_path):
    """A library may look at the machine while it is imported, which the zygote has behind it."""
    run = "import subprocess, sys\nsubprocess.run([sys.executable, '-c', ''], check=True)\n"
    (tmp_path / "looks_at_the_machine.py").write_text(run)
    monkeypatch.syspath_prepend(tmp_path)
    source = toy.with_double("import looks_at_the_machine; return x + x")
    _, said = judged(toy.lesson, toy.checks(), toy.submission(source), LocalTransport)
    assert {outcome for outcome, *_ in said.values()} == {"passed"}
    exec(run)


@pytest.mark.parametrize("body", ODD.values(), ids=ODD)
def test_odd_submissions_are_judged_the_same(zygote, judged, toy, body):
    checks = toy.checks()
    submission = toy.submission(toy.with_double(body))
    _, here = judged(toy.lesson, checks, submission, LocalTransport)
    _, there = judged(toy.lesson, checks, submission, zygote.spawn)
    assert here == there


def test_a_submission_that_does_not_load_is_judged_the_same(zygote, judged, toy):
    for source in ("def f(:", b"\xff", "import nowhere_to_be_found", "import sys; sys.exit(2)", "x = [][1]"):
        submission = toy.submission(source)
        _, here = judged(toy.lesson, toy.checks(), submission, LocalTransport)
        _, there = judged(toy.lesson, toy.checks(), submission, zygote.spawn)
        assert here == there


def test_two_calls_of_one_check_draw_the_same_both_ways(zygote, toy):
    drawn = []
    for spawn in (LocalTransport, zygote.spawn):
        session = toy.session(toy.with_double("return torch.rand(2)"), spawn)
        session.begin(5)
        student = Student(session)
        drawn.append([student.double(1).tolist(), student.double(1).tolist()])
        torch.rand(3)
        session.close()
    assert drawn[0] == drawn[1] and drawn[0][0] != drawn[0][1]


def test_the_students_draws_are_the_same_both_ways(zygote, toy):
    probe = Probe("draw", "def draw(lesson):\n    import random\n    return [torch.rand(3), random.random()]\n")
    drawn = []
    for spawn in (LocalTransport, zygote.spawn):
        session = toy.session(toy.reference, spawn)
        session.begin(5)
        drawn.append(Student(session).run(probe))
        session.close()
    assert torch.equal(drawn[0][0], drawn[1][0]) and drawn[0][1] == drawn[1][1]


@pytest.mark.parametrize("name", ["device and dtype set on load", "compiled"])
def test_what_is_set_on_load_costs_nothing(judged, toy, name):
    _, said = judged(toy.lesson, toy.checks(), toy.submission(toy.with_double(ODD[name])), LocalTransport)
    assert {outcome for outcome, *_ in said.values()} == {"passed"}
    assert torch.ones(1).dtype == torch.float32 and torch.ones(1).device.type == "cpu"
