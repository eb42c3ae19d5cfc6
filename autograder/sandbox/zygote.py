"""The process that has imported everything and forks one child per submission. It runs no submission itself.

One thread, one loop. Each client (a trusted grader process) has a control socket, over which it sends lines of
JSON; the data socket of a new child travels with its line. A child is known by a token that its client chose:

    {"op": "spawn", "token": "..."}                      + one descriptor; no answer
    {"op": "end", "token": "...", "grace": seconds}      answered once the child is reaped
    {"op": "end_all", "token": "..."}                    answered once all children of this client are reaped

A client that closes its socket takes its children with it; the last one takes the zygote.
"""

from __future__ import annotations

import gc
import json
import os
import selectors
import signal
import socket
import sys
import time
from dataclasses import dataclass, field
from typing import Any

from autograder.sandbox import child, memory, scratch
from autograder.sandbox.setup import Setup

_LOOK = 0.02  # seconds between looks at folders and threads: 64 MiB held at 68 on a fast disk


@dataclass
class Client:
    control: socket.socket
    unread: bytes = b""
    descriptors: list[int] = field(default_factory=list)
    children: dict[str, Child] = field(default_factory=dict)  # by token; ended ones stay until asked for
    waiting: dict[str, str] = field(default_factory=dict)  # token of the request -> "end" or "end_all"


@dataclass
class Child:
    token: str
    client: Client
    pid: int = 0
    uid: int | None = None
    folder: str = ""
    kill_at: float | None = None
    ended: dict[str, Any] | None = None  # what `end` is answered with
    excess: str | None = None  # why the zygote ended it by itself
    killed: bool = False  # the zygote sent a signal, which may have come too late to matter


class Zygote:
    def __init__(self, setup: Setup) -> None:
        self.setup = setup
        self.clients = [Client(socket.socket(fileno=number)) for number in setup.controls]
        self.running: dict[int, Child] = {}
        self.pid = os.getpid()
        self.next_uid = 0
        self.rules: list[tuple[int, int]] = []
        self.sizes = (0, 0)
        self.looks = setup.restricted and not (setup.namespaces and setup.own_uid)  # else the kernel bounds it all
        self.selector = selectors.DefaultSelector()

    def prepare(self) -> None:
        """Import what children need and build the walls that they share."""
        from autograder.sandbox.preload import preload

        preload(everything=self.setup.preload)
        if sys.platform == "linux":
            self._prepare_linux()
        gc.collect()
        gc.freeze()  # or the first collection in each child touches, and so copies, 119 MB

    def _prepare_linux(self) -> None:
        from autograder.sandbox import linux

        if not self.setup.restricted:
            linux.prctl(linux.PR_SET_CHILD_SUBREAPER, 1)  # to find what a child leaves behind
            return
        from autograder.sandbox import landlock, namespaces, seccomp
        from autograder.sandbox.paths import readable_paths

        with open("/proc/self/oom_score_adj", "w") as file:
            file.write("500")  # when memory runs out, a child goes before the grader
        seccomp.compiled()
        _one_thread()
        paths = readable_paths()
        if self.setup.namespaces:
            namespaces.isolate(self.setup.folder, paths, user_namespace=self.setup.namespaces == "user")
        elif self.setup.own_uid:
            os.chmod(self.setup.folder, 0o711)  # each child may enter, and find there what is its own
            if self.setup.uncover:
                namespaces.uncover([*paths, self.setup.folder])
        rights = dict.fromkeys([*paths, "/proc/cpuinfo", "/proc/meminfo", "/dev/urandom", "/dev/zero"], landlock.READ)
        rights["/dev/null"] = landlock.DEVICE
        for path, wanted in rights.items():
            if os.path.exists(path):
                self.rules.append((os.open(path, os.O_PATH), landlock.rights_for(path, wanted)))

    def serve(self) -> None:
        """Answer clients until the last one is gone, then end every child and clean up."""
        wake, waker = socket.socketpair()
        for end in (wake, waker):
            end.setblocking(False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(waker.fileno(), warn_on_full_buffer=False)
        self.selector.register(wake, selectors.EVENT_READ)
        for client in list(self.clients):
            client.control.setblocking(False)
            self.selector.register(client.control, selectors.EVENT_READ, client)
            self._answer(client, {"ready": True})
        self.sizes = _sizes()
        idle_work = memory.collapse() if sys.platform == "linux" else None
        while self.clients:
            events = self.selector.select(self._until_next() if idle_work is None else 0)
            if not events and idle_work is not None and next(idle_work, "done") == "done":
                idle_work = None
            for key, _ in events:
                if key.data is not None:
                    self._read(key.data)
                else:
                    wake.recv(4096)
            self._reap()
            self._end_the_overdue()
        self._leave()

    # Clients

    def _read(self, client: Client) -> None:
        try:
            data, descriptors, _, _ = socket.recv_fds(client.control, 65536, 64)
        except BlockingIOError:
            return
        except OSError:
            data, descriptors = b"", []
        client.descriptors += descriptors
        if not data:
            self._drop(client)
            return
        *lines, client.unread = (client.unread + data).split(b"\n")
        for line in lines:
            self._obey(client, json.loads(line))

    def _obey(self, client: Client, message: dict[str, Any]) -> None:
        token = message["token"]
        if message["op"] == "spawn":
            self._spawn(client, token, client.descriptors.pop(0))
            return
        client.waiting[token] = message["op"]
        if message["op"] == "end_all":
            for one in client.children.values():
                one.kill_at = 0.0
        elif (child := client.children.get(token)) is not None:
            child.kill_at = time.monotonic() + message["grace"]
        self._settle(client)

    def _settle(self, client: Client) -> None:
        """Answer what this client waits for, as far as it has come about."""
        for token, wanted in list(client.waiting.items()):
            if wanted == "end_all":
                if all(one.ended is not None for one in client.children.values()):
                    client.children.clear()
                    del client.waiting[token]
                    self._answer(client, {"token": token})
                continue
            one = client.children.get(token)
            if one is None or one.ended is not None:
                client.children.pop(token, None)
                del client.waiting[token]
                self._answer(client, {"token": token, **((one and one.ended) or {"error": "no such child"})})

    def _answer(self, client: Client, message: dict[str, Any]) -> None:
        try:
            client.control.send(json.dumps(message).encode() + b"\n")
        except OSError:  # gone, or it hasn't read thousands of answers
            self._drop(client)

    def _drop(self, client: Client) -> None:
        if client not in self.clients:
            return
        self.clients.remove(client)
        self.selector.unregister(client.control)
        client.control.close()
        for descriptor in client.descriptors:
            os.close(descriptor)
        for one in client.children.values():
            one.kill_at = 0.0

    # Children

    def _spawn(self, client: Client, token: str, descriptor: int) -> None:
        one = client.children[token] = Child(token, client)
        connection = socket.socket(fileno=descriptor)
        try:
            place = self._place(one)
            _one_thread()
            one.pid = os.fork()
        except Exception as error:  # no memory, no process to be had, no disk: the client is told when it asks
            one.ended = {"error": f"no process could be started ({error})"}
            connection.close()
            self._settle(client)
            return
        if one.pid == 0:
            child.run(self.setup, place, connection)
        connection.close()
        self.running[one.pid] = one

    def _place(self, one: Child) -> child.Place:
        if self.setup.own_uid:
            one.uid = self._free_uid()
        if self.setup.namespaces:
            from autograder.sandbox.namespaces import SCRATCH

            folder = SCRATCH
        else:
            folder = one.folder = os.path.join(self.setup.folder, one.token)
            os.mkdir(folder, 0o700)
            if one.uid is not None:
                os.chown(folder, one.uid, one.uid)
        return child.Place(folder, one.uid, self.rules, self.sizes, self.pid)

    def _free_uid(self) -> int:
        from autograder.sandbox.uids import uid_range

        free, taken = uid_range(), {one.uid for one in self.running.values()}
        while True:
            uid = free[(self.pid * 4096 + self.next_uid) % len(free)]
            self.next_uid += 1
            if uid not in taken:
                return uid

    def _until_next(self) -> float | None:
        """Seconds until something is due without anyone asking."""
        due = [one.kill_at - time.monotonic() for one in self.running.values() if one.kill_at is not None]
        if self.looks and self.running:
            due.append(_LOOK)
        return max(0.0, min(due)) if due else None

    def _end_the_overdue(self) -> None:
        for one in self.running.values():
            if self.looks and one.excess is None and (found := self._excess(one)):
                one.excess, one.kill_at = found, 0.0
            if one.kill_at is not None and time.monotonic() >= one.kill_at:
                self._kill(one)

    def _excess(self, one: Child) -> str | None:
        if one.uid is None and scratch.threads(one.pid) > self.setup.limits.threads:
            return f"started more than {self.setup.limits.threads} threads."
        if not one.folder:
            return None
        if one.uid is None:
            return scratch.excess(one.folder, one.pid, self.setup.limits)
        from autograder.sandbox import linux

        linux.set_filesystem_uid(one.uid)  # or the kernel would not show us its open files
        try:
            return scratch.excess(one.folder, one.pid, self.setup.limits)
        finally:
            linux.set_filesystem_uid(os.geteuid())

    def _kill(self, one: Child) -> None:
        for end in (os.kill, os.killpg) if not self.setup.restricted else (os.kill,):
            try:
                end(one.pid, signal.SIGKILL)  # not reaped yet, so the number is still its own
            except ProcessLookupError:  # it has no group of its own yet
                pass
        one.kill_at, one.killed = None, True

    def _reap(self) -> None:
        while self.running:
            try:
                pid, status, usage = os.wait4(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if pid == 0:
                return
            one = self.running.pop(pid, None)
            if one is None:
                continue  # left behind by a child at tier none
            self._clean_up_after(one)
            unit = 1024 if sys.platform == "linux" else 1
            one.ended = {
                "pid": pid,
                "status": status,
                "excess": one.excess,
                "killed": one.killed,
                "cpu": usage.ru_utime + usage.ru_stime,
                "peak": usage.ru_maxrss * unit,
                "grown": usage.ru_maxrss * unit - _own(),
            }
            self._settle(one.client)

    def _clean_up_after(self, one: Child) -> None:
        if not self.setup.restricted:
            self._end_leftovers(one)
        if one.folder:
            try:
                scratch.remove(one.folder)
            except OSError:  # the zygote goes on; its folder is removed once more when it ends
                pass

    def _end_leftovers(self, one: Child) -> None:
        """At tier none a child may have started others: end its group, and what fell to us as orphans."""
        try:
            os.killpg(one.pid, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):
            pass
        if sys.platform != "linux":
            return
        while True:  # an orphan's own children fall to us when it ends
            orphans = _children() - set(self.running)
            if not orphans:
                return
            for pid in orphans:
                os.kill(pid, signal.SIGKILL)
                os.waitpid(pid, 0)

    def _leave(self) -> None:
        for one in self.running.values():
            self._kill(one)
        while self.running:
            self._reap()
            time.sleep(0.002)


def main(argument: str) -> None:
    """Run a zygote; `argument` is a `Setup` as JSON."""
    os.umask(0o022)  # a child with a uid of its own must get through the mount points; it sets its own mask
    setup = Setup.from_json(argument)
    zygote = Zygote(setup)
    try:
        zygote.prepare()
    except BaseException as error:
        fatal = json.dumps({"fatal": f"{type(error).__name__}: {error}"}).encode() + b"\n"
        for client in zygote.clients:
            client.control.send(fatal)
        raise
    try:
        zygote.serve()
    finally:
        if os.getpid() == zygote.pid and os.path.isdir(setup.folder):
            scratch.remove(setup.folder)


def _one_thread() -> None:
    """A fork copies only the thread that calls it; locks that others held would stay locked in the child."""
    if sys.platform == "linux" and (threads := scratch.threads(os.getpid())) != 1:
        raise RuntimeError(f"the zygote has {threads} threads and can't fork safely")


def _sizes() -> tuple[int, int]:
    """Bytes of address space and of data that this process has: what a child starts with."""
    if sys.platform != "linux":
        return 0, 0
    with open("/proc/self/statm") as file:
        pages = file.read().split()
    return int(pages[0]) * os.sysconf("SC_PAGESIZE"), int(pages[5]) * os.sysconf("SC_PAGESIZE")


def _own() -> int:
    """Bytes of this process that are in memory and of no file: what a fork has from its first moment."""
    if sys.platform != "linux":
        return 0
    with open("/proc/self/statm") as file:
        _, resident, of_files, *_ = map(int, file.read().split())
    return (resident - of_files) * os.sysconf("SC_PAGESIZE")


def _children() -> set[int]:
    with open(f"/proc/self/task/{os.getpid()}/children") as file:
        return {int(pid) for pid in file.read().split()}
