"""A child of the zygote, from the fork to its end: shut itself in, say so, then answer requests.

Nothing of the submission is here yet while the walls go up, so what is said then can be believed: the first frame
is `{"ready": true, ...}` or `{"error": sentence}`. A wall that can't be put up ends the child.
"""

from __future__ import annotations

import json
import os
import random
import signal
import socket
import sys
import tempfile
from dataclasses import dataclass
from typing import TYPE_CHECKING, NoReturn

from autograder.sandbox import frames
from autograder.sandbox.setup import Setup

if TYPE_CHECKING:
    from collections.abc import Callable

_BROKEN = 70  # exit status of a child that could not be shut in (EX_SOFTWARE)


@dataclass(frozen=True)
class Place:
    """What the zygote prepared for one child."""

    scratch: str
    uid: int | None  # its own, or None to keep the zygote's
    rules: list[tuple[int, int]]  # for Landlock: open descriptors and the rights beneath them
    sizes: tuple[int, int]  # of the zygote's address space and data, in bytes
    zygote: int  # its process id


def run(setup: Setup, place: Place, connection: socket.socket) -> NoReturn:
    """Become a child; call in the fresh fork. Returns to nobody."""
    status = _BROKEN
    try:
        try:
            _shut_in(setup, place, connection)
            from autograder.inside import processes
            from autograder.inside.executor import Executor

            executor = Executor()
            if setup.restricted:
                processes.refused_by_the_system()
            known = set(sys.modules) if setup.trace_imports else set()
        except BaseException as error:
            frames.send(connection, json.dumps({"error": f"{type(error).__name__}: {error}"}).encode())
            raise
        frames.send(connection, json.dumps({"ready": True, "pid": os.getpid(), "uid": os.getuid()}).encode())
        status = 71  # from here on, whatever goes wrong is the submission's doing
        while True:
            request = frames.receive(connection, setup.limits.request_bytes)
            frames.send(connection, executor.handle(request))
            if setup.trace_imports and (new := sorted(set(sys.modules) - known)):
                known.update(new)
                os.write(2, f"autograder: a child imported {' '.join(new)}\n".encode())
    except EOFError:  # the trusted side has no more requests
        status = 0
    finally:
        os._exit(status)


def _shut_in(setup: Setup, place: Place, connection: socket.socket) -> None:
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.umask(0o077)
    if setup.restricted:
        _restrict(setup, place, connection)
    else:
        _stand_alone(place, connection)
    tempfile.tempdir = None
    _reseed()
    if setup.restricted:
        from autograder.sandbox import seccomp

        seccomp.install(os.getpid())
        _prove()


def _stand_alone(place: Place, connection: socket.socket) -> None:
    """Tier none: another process with a folder of its own, nothing more."""
    os.setsid()  # what it starts can be ended with it; in the other tiers it can't start anything
    _move_to(place.scratch)
    os.closerange(3, connection.fileno())
    os.closerange(connection.fileno() + 1, 4096)
    if sys.platform == "linux":
        _end_with(place.zygote)


def _restrict(setup: Setup, place: Place, connection: socket.socket) -> None:
    from autograder.sandbox import landlock, linux, namespaces

    limits = setup.limits
    if setup.namespaces:
        uid, gid = (place.uid, place.uid) if place.uid is not None else (os.getuid(), os.getgid())
        namespaces.mount_scratch(limits.scratch_bytes, limits.scratch_files, uid, gid)
    if place.uid is not None:
        os.setgroups([])
        os.setresgid(place.uid, place.uid, place.uid)
        os.setresuid(place.uid, place.uid, place.uid)
    _own_null(keep_errors=setup.trace_imports)
    linux.drop_capabilities()
    linux.prctl(linux.PR_SET_DUMPABLE, 1)  # a change of uid took it away, and with it our own /proc/self
    _end_with(place.zygote)
    linux.prctl(linux.PR_SET_NO_NEW_PRIVS, 1)
    _move_to(place.scratch)
    own = [(os.open(place.scratch, os.O_PATH), landlock.WRITE), (os.open("/proc/self", os.O_PATH), landlock.READ)]
    landlock.restrict([*place.rules, *own])
    _limit(setup, place)
    linux.close_all_but(connection.fileno())


def _own_null(keep_errors: bool) -> None:
    """Replace the descriptors that all children share: flags that one sets on them would be seen by the next."""
    null = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1) if keep_errors else (0, 1, 2):
        os.dup2(null, standard)
    os.close(null)


def _end_with(zygote: int) -> None:
    """Be killed when the zygote ends, however it ends. After any change of uid, which would undo it."""
    from autograder.sandbox import linux

    linux.prctl(linux.PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != zygote:
        raise RuntimeError("the zygote ended")


def _move_to(folder: str) -> None:
    os.chdir(folder)
    for name in ("HOME", "TMPDIR", "PWD", "TORCHINDUCTOR_CACHE_DIR"):
        os.environ[name] = folder  # os.environ.update would touch, and so copy, 250 pages


def _limit(setup: Setup, place: Place) -> None:
    import resource

    limits, (address_space, data) = setup.limits, place.sizes
    bounds = {
        resource.RLIMIT_AS: address_space + limits.memory_bytes,
        resource.RLIMIT_DATA: data + limits.memory_bytes,
        resource.RLIMIT_FSIZE: limits.scratch_bytes,
        resource.RLIMIT_NOFILE: limits.open_files,
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_MEMLOCK: 0,
        resource.RLIMIT_MSGQUEUE: 0,
    }
    if place.uid is not None:  # counted per uid: of use only to a child that has one to itself
        bounds[resource.RLIMIT_NPROC] = limits.threads
    for kind, bound in bounds.items():
        hard = resource.getrlimit(kind)[1]  # may be lower already, and can't be raised
        bound = bound if hard == resource.RLIM_INFINITY else min(bound, hard)
        resource.setrlimit(kind, (bound, bound))
    # The soft limit ends the process with a signal that says why; the hard one can't be caught.
    resource.setrlimit(resource.RLIMIT_CPU, (limits.cpu_seconds, limits.cpu_seconds + 1))


def _reseed() -> None:
    """Forks share the zygote's random states; two submissions must not."""
    random.seed()
    if (torch := sys.modules.get("torch")) is not None:
        torch.default_generator.manual_seed(int.from_bytes(os.urandom(7), "little"))
    if (numpy := sys.modules.get("numpy")) is not None:
        numpy.random.seed(int.from_bytes(os.urandom(4), "little"))


def _prove() -> None:
    """Try the two things that matter most; a sandbox that lets them through is none."""
    attempts: list[tuple[Callable[[], object], str]] = [
        (socket.socket, "seccomp"),
        (lambda: os.listdir("/"), "Landlock"),
    ]
    for attempt, wall in attempts:
        try:
            attempt()
        except PermissionError:
            continue
        raise RuntimeError(f"{wall} is on but keeps nothing out")
