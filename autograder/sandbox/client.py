"""The trusted side: starts a zygote, asks it for children, and talks to them without believing them.

One zygote serves several grader processes: `Zygote.start(clients=N)` makes N handles, `zygote.clients[i]`, each with
a control socket of its own that survives a fork. Use a handle from one process at a time (the processes forked one
after another from a grader may share its handle); the handles of different processes don't disturb each other.
"""

from __future__ import annotations

import json
import os
import select
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time
from dataclasses import dataclass, replace
from typing import Any, Self

from autograder.common.errors import ExecutorDied, ExecutorTimeout, Overloaded, SandboxError, ZygoteDied
from autograder.sandbox import frames, own_time
from autograder.sandbox.limits import Limits
from autograder.sandbox.paths import closed_folders
from autograder.sandbox.preload import THREADS
from autograder.sandbox.setup import Setup, command
from autograder.sandbox.tiers import detect

# All that a zygote, and so a submission, sees of the grader's environment is LD_LIBRARY_PATH.
_ENVIRONMENT = {
    **THREADS,
    "PATH": "/usr/bin:/bin",
    "HOME": "/nonexistent",
    "LANG": "C.UTF-8",
    "PYTHONHASHSEED": "0",  # a regrade iterates over sets in the same order
    "PYTHONUTF8": "1",
    "OMP_WAIT_POLICY": "passive",  # threads that spin while they wait take turns from other submissions
    "CUDA_VISIBLE_DEVICES": "",
    "HF_HUB_OFFLINE": "1",
    "TRANSFORMERS_OFFLINE": "1",
    "TOKENIZERS_PARALLELISM": "false",
    "OBJC_DISABLE_INITIALIZE_FORK_SAFETY": "YES",  # macOS
}
_GRACE = 0.2  # seconds for a child that hung up to reach its own end, so that its status can be told
_SHORT = 0.001  # seconds of an exchange in which nobody can have waited long
_PATIENCE = 30.0  # seconds for the zygote to answer; it only ever forks and reaps


@dataclass(frozen=True)
class Usage:
    """What a child used, as the system counted it. `status` is as from `os.wait`."""

    pid: int
    status: int
    cpu_seconds: float
    peak_bytes: int


class ZygoteClient:
    """One grader process's handle on a zygote."""

    def __init__(self, setup: Setup, control: socket.socket) -> None:
        self._setup = setup
        self._control = control
        self._process: subprocess.Popen[bytes] | None = None
        self._owner = os.getpid()
        self._unread = b""
        self._ready = False
        self._start_by = time.monotonic() + setup.limits.start_seconds
        self._lock = threading.Lock()

    @property
    def tier(self) -> str:
        """How its children are kept in: full, uid, process or none."""
        return self._setup.tier

    @property
    def limits(self) -> Limits:
        """What each child may use."""
        return self._setup.limits

    def wait(self) -> None:
        """Wait until the zygote has imported everything. Raises SandboxError when it could not be started."""
        while not self._ready:
            try:
                message = self._line(self._start_by)
            except TimeoutError:
                raise SandboxError("The sandbox did not start in time.") from None
            if "fatal" in message:
                raise SandboxError(f"The sandbox (tier {self.tier}) could not be set up: {message['fatal']}")
            self._ready = message.get("ready", False)

    def spawn(self) -> SandboxedExecutor:
        """Ask for a fresh child and return at once: it is set up while the caller goes on. Raises ZygoteDied."""
        ours, theirs = socket.socketpair()
        token = os.urandom(8).hex()
        with theirs:
            try:
                with self._lock:
                    line = json.dumps({"op": "spawn", "token": token}).encode() + b"\n"
                    socket.send_fds(self._control, [line], [theirs.fileno()])
            except OSError:
                ours.close()
                raise ZygoteDied("The process that starts executors has ended.") from None
        return SandboxedExecutor(self, token, ours)

    def end_all(self) -> None:
        """End every child that was spawned through this handle, by whichever process; for after a grader's crash."""
        self._ask("end_all", os.urandom(8).hex())

    def restart(self) -> None:
        """Start a zygote of this handle's own, with the same tier and limits, in place of one that died."""
        self.close()
        setup, process, (control,) = _launch(replace(self._setup, folder="", controls=[]), 1)
        ZygoteClient.__init__(self, setup, control)
        self._process = process
        self.wait()

    def close(self) -> None:
        """Let go of the zygote, which ends this handle's children, and itself when no handle is left."""
        if os.getpid() == self._owner:  # in a fork the socket is only a copy
            try:
                self._control.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
        self._control.close()
        if self._process is not None and os.getpid() == self._owner:
            try:
                self._process.wait(_PATIENCE)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
            shutil.rmtree(self._setup.folder, ignore_errors=True)  # there only if the zygote was killed

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _ask(self, op: str, token: str, **more: Any) -> dict[str, Any]:
        """Send a line and wait for the answer that carries its token; others are left from a process that crashed."""
        with self._lock:
            try:
                self.wait()
                self._control.settimeout(_PATIENCE)
                self._control.sendall(json.dumps({"op": op, "token": token, **more}).encode() + b"\n")
                deadline = time.monotonic() + _PATIENCE
                while (answer := self._line(deadline)).get("token") != token:
                    pass
                return answer
            except TimeoutError:
                raise ZygoteDied("The process that starts executors does not answer.") from None
            except OSError:
                raise ZygoteDied("The process that starts executors has ended.") from None

    def _line(self, deadline: float) -> dict[str, Any]:
        while b"\n" not in self._unread:
            self._control.settimeout(max(0.001, deadline - time.monotonic()))
            try:
                data = self._control.recv(65536)
            except ConnectionError:
                data = b""
            if not data:
                raise ZygoteDied("The process that starts executors has ended.")
            self._unread += data
        line, self._unread = self._unread.split(b"\n", 1)
        message: dict[str, Any] = json.loads(line)
        return message


class Zygote(ZygoteClient):
    """A zygote and the first handle on it. Closing it ends the zygote and every child, whoever spawned them."""

    clients: list[ZygoteClient]

    @classmethod
    def start(
        cls,
        tier: str | None = None,
        limits: Limits | None = None,
        *,
        clients: int = 1,
        wait: bool = True,
        preload: bool = True,
    ) -> Zygote:
        """Start a zygote at `tier`, by default the best there is, before anything secret is loaded.

        With `wait=False` it returns while the zygote still imports (5 s), to be used the same way; `wait()` or
        the first exchange then tells of a failure. With `preload=False` it starts in 0.2 s, and each child that
        needs torch imports it. Raises SandboxError when the tier can't be had.
        """
        setup = replace(
            detect().setup(tier),
            limits=limits or Limits(),
            preload=preload,
            trace_imports=os.environ.get("AUTOGRADER_TRACE_IMPORTS", "") not in ("", "0"),
        )
        setup, process, controls = _launch(setup, clients)
        zygote = cls(setup, controls[0])
        zygote._process = process
        zygote.clients = [zygote, *(ZygoteClient(setup, control) for control in controls[1:])]
        if wait:
            try:
                for client in zygote.clients:
                    client.wait()
            except BaseException:
                zygote.close()
                raise
        return zygote

    def close(self) -> None:
        for client in self.clients[1:]:
            client.close()
        super().close()

    def restart(self) -> None:
        for client in self.clients[1:]:
            client.close()
        self.clients = [self]
        super().restart()


class SandboxedExecutor:
    """One child, as a `Transport`. What it sends is bounded in size and time, and otherwise not believed."""

    def __init__(self, client: ZygoteClient, token: str, connection: socket.socket) -> None:
        self._client = client
        self._token = token
        self._connection = connection
        self._set_up = False
        self._closed = False
        self._own: own_time.OwnTime | None = None
        self._setting_up = 0.0  # seconds of exchanges: the first one may have to wait until the zygote has started
        self.pid: int | None = None  # known once it is set up
        self.uid: int | None = None
        self.usage: Usage | None = None  # known once it is closed

    def exchange(self, request: bytes, deadline: float) -> bytes:
        """The child's reply to `request`. `deadline` is in `time.monotonic()` seconds.

        Neither setting up is counted, nor what the child waits for a core. Raises ExecutorTimeout or ExecutorDied,
        after which the child is gone, and SandboxError when it is the sandbox or the machine that failed.
        """
        if self._closed:
            raise ExecutorDied("its process has ended already.")
        began = time.monotonic()
        self.wait()
        setting_up = time.monotonic() - began
        self._setting_up += setting_up
        deadline += setting_up
        began = time.monotonic()
        try:
            if select.select([self._connection], [], [], 0)[0]:
                self._refuse_unasked()
            assert self._own is not None
            until = own_time.Deadline(self._own, deadline)
            frames.send(self._connection, request, until)
            return frames.receive(self._connection, self._client.limits.reply_bytes, until)
        except own_time.MachineBusy:
            self.close()
            raise Overloaded("The machine is too busy: a process did not get its time on a core.") from None
        except TimeoutError:
            self.close()
            raise ExecutorTimeout("It did not answer in time.") from None
        except frames.FrameTooLarge:
            self.close()
            raise ExecutorDied("its process sent more than an answer may hold.") from None
        except (EOFError, ConnectionError):
            raise ExecutorDied(self._last_words()) from None
        finally:
            if self._own is not None and time.monotonic() - began > _SHORT:  # so that `waited` says it
                self._own.look()

    def wait(self) -> None:
        """Wait until the child is shut in. Raises SandboxError when that fails: not the submission's doing."""
        if self._set_up:
            return
        try:
            self._client.wait()
            deadline = time.monotonic() + self._client.limits.setup_seconds
            message = json.loads(frames.receive(self._connection, 65536, deadline))
        except TimeoutError:
            self.close()
            raise SandboxError("An executor was not set up in time; the machine may be overloaded.") from None
        except (EOFError, ConnectionError):
            answer = self._end(_GRACE)
            reason = answer.get("error") or f"it ended with status {answer.get('status')}"
            raise SandboxError(f"An executor could not be set up: {reason}") from None
        except SandboxError:
            self._hang_up()
            raise
        if "error" in message:
            self.close()
            raise SandboxError(f"An executor could not be shut in (tier {self._client.tier}): {message['error']}")
        self.pid, self.uid, self._set_up = message["pid"], message["uid"], True
        self._own = own_time.OwnTime(message["pid"])

    @property
    def waited(self) -> float:
        """A count of the seconds that are not the child's own: until it was set up, and those that it, and the thread
        that asks here, waited for a core. Take the difference of two; read the clock between them."""
        return self._setting_up + own_time.waited_here() + (0.0 if self._own is None else self._own.waited)

    def close(self) -> None:
        """End the child and wait until the system has let go of it. May be called again."""
        if not self._closed:
            self._end(0.0)

    def __enter__(self) -> SandboxedExecutor:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _hang_up(self) -> None:
        self._closed = True
        self._connection.close()

    def _end(self, grace: float) -> dict[str, Any]:
        self._hang_up()
        answer = self._client._ask("end", self._token, grace=grace)
        if "status" in answer:
            self.usage = Usage(answer["pid"], answer["status"], answer["cpu"], answer["peak"])
        return answer

    def _refuse_unasked(self) -> None:
        """There is something to read before anything was asked: the end of the stream, or an answer made up early."""
        if self._connection.recv(1):
            self.close()
            raise ExecutorDied("its process sent something that nobody asked for.")
        raise EOFError

    def _last_words(self) -> str:
        """How a child that hung up came to its end, in a sentence that holds nothing of its own."""
        answer = self._end(_GRACE)
        limits = self._client.limits
        if "status" not in answer:
            return "its process has ended."
        if answer["excess"]:
            return f"its process {answer['excess']}"
        status = os.waitstatus_to_exitcode(answer["status"])
        if status >= 0:
            return f"its process exited with status {status}."
        # The system's count lags: what ended at the limit may be told as a little less.
        if -status == signal.SIGXCPU or (-status == signal.SIGKILL and answer["cpu"] > 0.9 * limits.cpu_seconds):
            return f"its process used more than {limits.cpu_seconds} seconds of processor time."
        if -status == signal.SIGKILL and answer["killed"]:  # it lived on after hanging up
            return "its process closed the connection."
        if -status == signal.SIGKILL and answer["grown"] > limits.memory_bytes // 4:
            return "its process ran out of memory."
        return f"its process was ended by signal {-status}."


def _launch(setup: Setup, clients: int) -> tuple[Setup, subprocess.Popen[bytes], list[socket.socket]]:
    pairs = [socket.socketpair() for _ in range(clients)]
    folder = tempfile.mkdtemp(prefix="autograder-", dir=_open_folder() if setup.own_uid else None)
    setup = replace(setup, folder=folder, controls=[theirs.fileno() for _, theirs in pairs])
    environment = dict(_ENVIRONMENT)
    for name in ("LD_LIBRARY_PATH", "SystemRoot"):
        if name in os.environ:
            environment[name] = os.environ[name]
    process = subprocess.Popen(
        command("autograder.sandbox.zygote", setup.to_json()),
        env=environment,
        cwd="/",
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=None if setup.trace_imports else subprocess.DEVNULL,
        start_new_session=True,  # Ctrl-C is for the grader, which then ends the zygote
        pass_fds=setup.controls,
    )
    for _, theirs in pairs:
        theirs.close()
    return setup, process, [ours for ours, _ in pairs]


def _open_folder() -> str:
    """Where temporary files go that other users can reach."""
    for folder in (tempfile.gettempdir(), "/tmp", "/var/tmp"):
        if os.path.isdir(folder) and not closed_folders([os.path.join(folder, "any")]):
            return folder
    raise SandboxError("Children with their own uid need a temporary folder that other users may enter; set TMPDIR.")
