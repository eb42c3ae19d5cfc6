"""Requests and replies with a child that means harm, and zygotes and children that come to an end."""

from __future__ import annotations

import json
import os
import signal
import struct
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from autograder.common import wire
from autograder.common.errors import ExecutorDied, ExecutorTimeout, ZygoteDied
from autograder.sandbox import Limits, SandboxedExecutor, Zygote, ZygoteClient, detect

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")

INSIDE = """
import json, os, socket, struct, subprocess, sys, threading, time

data = next(n for n in map(int, os.listdir("/proc/self/fd")) if "socket:" in os.path.realpath(f"/proc/self/fd/{n}"))
raw = socket.socket(fileno=os.dup(data))


def execute(source): exec(source, globals())
def echo(value): return value
"""


@pytest.fixture(scope="module")
def zygote() -> Iterator[Zygote]:
    with Zygote.start(detect().tier, Limits(reply_bytes=1 << 20), preload=False, clients=2) as zygote:
        yield zygote


@pytest.fixture
def worker(zygote: Zygote) -> Iterator[SandboxedExecutor]:
    with loaded(zygote) as worker:
        yield worker


def loaded(client: ZygoteClient) -> SandboxedExecutor:
    worker = client.spawn()
    ask(worker, op="load", lesson="lesson", path="lesson.py", files={"lesson/lesson.py": INSIDE.encode()})
    return worker


def ask(worker: SandboxedExecutor, seconds: float = 20.0, **message: object) -> dict:
    return wire.decode(worker.exchange(wire.encode(message), time.monotonic() + seconds))


def execute(worker: SandboxedExecutor, source: str, seconds: float = 20.0) -> dict:
    return ask(worker, seconds, op="call", name="execute", args=[source], kwargs={})


def gone(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return False


def eventually(condition: Callable[[], bool]) -> bool:
    end = time.monotonic() + 10
    while not condition() and time.monotonic() < end:
        time.sleep(0.01)
    return condition()


def test_it_carries_large_values_both_ways(zygote, worker):
    value = os.urandom(400_000)
    reply = ask(worker, op="call", name="echo", args=[value], kwargs={})
    assert reply["value"] == value and worker.pid is not None and not gone(worker.pid)
    worker.close()
    worker.close()
    assert gone(worker.pid) and worker.usage.pid == worker.pid and worker.usage.peak_bytes > 1 << 20
    with pytest.raises(ExecutorDied, match="ended already"):
        execute(worker, "1")


@pytest.mark.parametrize("endless", [
    "while True: pass",
    "time.sleep(1000)",
    "raw.send(struct.pack('<Q', 1000))\nwhile True: raw.send(b'x'); time.sleep(0.05)",  # never a whole frame
    "raw.send(struct.pack('<Q', 1000)); time.sleep(1000)",
])  # fmt: skip
def test_a_deadline_holds_and_ends_the_child(worker, endless):
    started = time.monotonic()
    with pytest.raises(ExecutorTimeout):
        execute(worker, endless, seconds=0.3)
    assert 0.3 <= time.monotonic() - started < 5
    assert gone(worker.pid)


def test_a_child_that_does_not_read_cannot_hold_the_grader(worker):
    execute(worker, "threading.Thread(target=lambda: [raw.recv(10) for _ in range(9)] + [time.sleep(99)]).start()")
    with pytest.raises((ExecutorTimeout, ExecutorDied)):
        ask(worker, 0.5, op="call", name="echo", args=[bytes(4_000_000)], kwargs={})
    assert gone(worker.pid)


@pytest.mark.parametrize(("deed", "sentence"), [
    ("os._exit(0)", "exited with status 0."),
    ("os._exit(3)", "exited with status 3."),
    ("os.kill(os.getpid(), 9)", "ended by signal 9."),
    ("import ctypes; ctypes.string_at(0)", "ended by signal 11."),
    ("os.close(data); raw.close(); time.sleep(99)", "closed the connection."),
    ("raw.send(struct.pack('<Q', 2 << 20)); time.sleep(99)", "sent more than an answer may hold."),
    ("raw.send(b'\\xff' * 100); time.sleep(99)", "sent more than an answer may hold."),
])  # fmt: skip
def test_every_end_has_its_sentence(worker, deed, sentence):
    with pytest.raises(ExecutorDied, match=f"its process (was )?{sentence}"):
        execute(worker, deed)
    assert gone(worker.pid)


def test_an_answer_sent_before_the_question_is_refused(worker):
    execute(worker, "threading.Timer(0.1, raw.send, [struct.pack('<Q', 1) + b'x']).start()")
    time.sleep(0.4)
    with pytest.raises(ExecutorDied, match="nobody asked for"):
        execute(worker, "1")


def test_nothing_leaks_over_many_children(zygote):
    def descriptors() -> int:
        return len(os.listdir("/proc/self/fd"))

    children = Path(f"/proc/{zygote._process.pid}/task/{zygote._process.pid}/children")
    held = Path(f"/proc/{zygote._process.pid}/fd")
    loaded(zygote).close()
    before, before_there = descriptors(), len(list(held.iterdir()))
    for round_ in range(500):
        worker = zygote.spawn()
        if round_ % 10 == 0:
            worker.wait()
        worker.close()
    assert descriptors() == before and len(list(held.iterdir())) == before_there
    assert children.read_text().split() == []


def test_a_client_ends_its_own_children_only(zygote):
    mine, others = loaded(zygote.clients[0]), loaded(zygote.clients[1])
    zygote.clients[0].end_all()
    assert gone(mine.pid) and not gone(others.pid)
    assert zygote.clients[0]._ask("end", others._token, grace=0)["error"] == "no such child"
    assert not gone(others.pid)
    others.close()
    mine.close()


def test_a_handle_works_in_a_fork_and_its_crash_can_be_cleaned_up(zygote):
    reader, writer = os.pipe()
    pid = os.fork()
    if pid == 0:
        worker = loaded(zygote.clients[1])
        os.write(writer, str(worker.pid).encode())
        os._exit(0)  # without closing it
    os.waitpid(pid, 0)
    left = int(os.read(reader, 100))
    os.close(reader), os.close(writer)
    here = loaded(zygote.clients[0])
    zygote.clients[1].end_all()
    assert gone(left) and not gone(here.pid)
    here.close()
    with loaded(zygote.clients[1]) as again:
        assert execute(again, "1")["value"] is None


def test_a_dead_zygote_is_told_apart_and_replaced():
    with Zygote.start(detect().tier, preload=False) as zygote:
        worker = loaded(zygote)
        first = zygote._process.pid
        os.kill(first, signal.SIGKILL)
        assert eventually(lambda: gone(worker.pid)), "children end with their zygote"
        with pytest.raises(ZygoteDied):
            execute(worker, "1")
        with pytest.raises(ZygoteDied):
            zygote.spawn().wait()
        zygote.restart()
        assert zygote._process.pid != first
        with loaded(zygote) as worker:
            assert execute(worker, "1")["value"] is None


def test_a_zygote_ends_with_its_grader_and_leaves_no_folder(tmp_path):
    program = (
        "import json, os, signal, sys\n"
        "from autograder.sandbox import Zygote\n"
        "zygote = Zygote.start(sys.argv[1], preload=False); worker = zygote.spawn(); worker.wait()\n"
        "print(json.dumps([zygote._process.pid, worker.pid, zygote._setup.folder]), flush=True)\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    for tier in ["none", detect().tier]:
        done = subprocess.run([sys.executable, "-c", program, tier], capture_output=True, text=True, timeout=60)
        zygote, child, folder = json.loads(done.stdout)
        assert done.returncode == -signal.SIGKILL
        assert eventually(lambda: gone(zygote) and gone(child) and not Path(folder).exists())  # noqa: B023


@pytest.mark.skipif(sys.platform != "linux", reason="orphans fall to the zygote on Linux only")
def test_tier_none_ends_what_a_child_left_behind(tmp_path):
    sleeper = f"{sys.executable!r}, '-c', 'import time; time.sleep(99)'"
    escape = (  # a daemon in a session of its own
        "import os\n"
        "if os.fork() == 0:\n"
        "    os.setsid()\n"
        f"    if os.fork() == 0: os.execl({sleeper.split(',')[0]}, {sleeper})\n"
        "    os._exit(0)\n"
        f"processes = [subprocess.Popen([{sleeper}]) for _ in range(2)]\n"
        f"open({str(tmp_path / 'pids')!r}, 'w').write(json.dumps([p.pid for p in processes]))\n"
    )
    with Zygote.start("none", preload=False) as zygote:
        worker = loaded(zygote)
        execute(worker, escape)
        group = {pid for pid in json.loads((tmp_path / "pids").read_text())}
        assert not any(map(gone, group))
        zygote_pid = zygote._process.pid
        worker.close()
        assert all(map(gone, group))
        assert Path(f"/proc/{zygote_pid}/task/{zygote_pid}/children").read_text() == ""


def test_frames_are_little_endian_lengths():
    import socket

    from autograder.sandbox import frames

    one, other = socket.socketpair()
    with one, other:
        frames.send(one, b"abc")
        assert other.recv(100) == struct.pack("<Q", 3) + b"abc"
        one.sendall(struct.pack("<Q", 11))
        with pytest.raises(frames.FrameTooLarge):
            frames.receive(other, cap=10)
        one.sendall(struct.pack("<Q", 5) + b"ab")
        one.close()
        with pytest.raises(EOFError):
            frames.receive(other, cap=10)


def test_what_the_sandbox_takes_to_start_is_not_the_submissions_time(zygote, monkeypatch):
    with zygote.spawn() as worker:
        set_up = worker.wait
        monkeypatch.setattr(worker, "wait", lambda: (time.sleep(0.3), set_up()))
        ask(worker, op="load", lesson="lesson", path="lesson.py", files={"lesson/lesson.py": INSIDE.encode()})
        assert worker.waited >= 0.3
