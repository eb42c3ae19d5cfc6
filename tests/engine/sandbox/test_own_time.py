"""Deadlines in a process's own seconds: another's load changes no verdict, and sleeping is no way around them."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest

from autograder.common import wire
from autograder.common.errors import ExecutorTimeout
from autograder.sandbox import Zygote
from autograder.sandbox.own_time import BACKSTOP, Deadline, MachineBusy, OwnTime

pytestmark = pytest.mark.skipif(not os.path.exists("/proc/self/schedstat"), reason="no schedstat here")

INSIDE = b"""
import threading, time

def burn(seconds):
    end = time.process_time() + seconds
    while time.process_time() < end:
        pass
    return "done"

def sleep(seconds):
    time.sleep(seconds)
    return "done"

def crowd(seconds):
    for _ in range(20):
        threading.Thread(target=burn, args=[1e9], daemon=True).start()
    return sleep(seconds)
"""


@pytest.fixture(scope="module")
def zygote() -> Iterator[Zygote]:
    with Zygote.start(preload=False) as zygote:
        yield zygote


@pytest.fixture
def busy() -> Iterator[None]:
    """Three processes for each core that this one would like to have."""
    count = 3 * len(os.sched_getaffinity(0))
    # each in a session of its own: Linux may share cores out by session, and the process under test has its own
    loop = [sys.executable, "-c", "while True: pass"]
    others = [subprocess.Popen(loop, start_new_session=True) for _ in range(count)]
    try:
        yield
    finally:
        for other in others:
            other.kill()
            other.wait()


def ask(zygote: Zygote, name: str, seconds: float, limit: float) -> str:
    with zygote.spawn() as worker:
        load = {"op": "load", "lesson": "toy", "path": "toy.py", "files": {"toy/toy.py": INSIDE}}
        worker.exchange(wire.encode(load), time.monotonic() + 20)
        call = {"op": "call", "name": name, "args": [seconds], "kwargs": {}}
        return wire.decode(worker.exchange(wire.encode(call), time.monotonic() + limit))["value"]


@pytest.mark.usefixtures("busy")
def test_waiting_for_a_core_costs_nothing(zygote):
    for _ in range(20):
        began = time.monotonic()
        assert ask(zygote, "burn", 0.6, limit=0.7) == "done"
        if time.monotonic() - began > 1.0:
            return
    pytest.fail("The others took no core: nothing was tried.")


@pytest.mark.usefixtures("busy")
def test_after_each_exchange_it_is_known_what_was_waited(zygote):
    """Of a submission's seconds in all, exchanges that met their deadline take no other's load away."""
    call = wire.encode({"op": "call", "name": "burn", "args": [0.3], "kwargs": {}})
    load = {"op": "load", "lesson": "toy", "path": "toy.py", "files": {"toy/toy.py": INSIDE}}
    with zygote.spawn() as worker:
        worker.exchange(wire.encode(load), time.monotonic() + 20)
        for _ in range(20):
            waited, began = worker.waited, time.monotonic()
            worker.exchange(call, began + 20)
            wall = time.monotonic() - began
            if wall > 0.8:
                assert wall - (worker.waited - waited) < 0.6
                return
    pytest.fail("The others took no core: nothing was tried.")


@pytest.mark.usefixtures("busy")
@pytest.mark.parametrize("way", ["burn", "sleep", "crowd"])
def test_running_and_sleeping_do(zygote, way):
    """A crowd of threads waits for cores, too, but for each other."""
    with pytest.raises(ExecutorTimeout):
        ask(zygote, way, 30.0, limit=0.5)


def test_a_process_that_gets_no_core_is_not_to_blame(monkeypatch):
    now = [100.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    own = OwnTime(os.getpid())
    monkeypatch.setattr(own, "look", lambda: 5.0)  # of every five seconds it waits five
    deadline = Deadline(own, 105.0)
    with pytest.raises(MachineBusy):
        while deadline.left() > 0:
            now[0] += 4.9
    assert now[0] == pytest.approx(100.0 + 5.0 * BACKSTOP, abs=5)


def test_without_the_count_only_cpu_seconds_are_the_processs_own(monkeypatch, tmp_path):
    with subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"]) as process:
        own = OwnTime(process.pid)
        monkeypatch.setattr(own, "_tasks", tmp_path / "none")
        time.sleep(1.0)
        assert own.look() > 0.7, "what it sleeps is not counted"
        process.kill()
    with subprocess.Popen([sys.executable, "-c", "while True: pass"]) as process:
        began, own = time.monotonic(), OwnTime(process.pid)
        monkeypatch.setattr(own, "_tasks", tmp_path / "none")
        counted = 0.0
        while counted < 0.1 and time.monotonic() < began + 60:  # a busy machine may let it wait for a core
            time.sleep(0.1)
            counted = time.monotonic() - began - own.look()
        process.kill()
    assert counted >= 0.1, "what it runs is"
    monkeypatch.setattr(own, "_stat", tmp_path / "none")
    assert own.look() == 0.0, "of a process that is gone, wall time is all there is"
