"""Tries each primitive of the sandbox for real, in a throw-away process, and prints what happened as JSON.

Run by `tiers.detect`, in an interpreter of its own: the grader may have threads, and a namespace can't be left.
"""

from __future__ import annotations

import json
import os
import socket
import tempfile
from collections.abc import Callable

from autograder.sandbox import landlock, linux, namespaces, seccomp
from autograder.sandbox.paths import closed_folders, readable_paths
from autograder.sandbox.uids import uid_range


def main(_: str) -> None:
    os.umask(0o022)  # as the zygote does
    paths = readable_paths()
    attempts: dict[str, Callable[[], None]] = {
        "landlock": _landlock,
        "seccomp": _seccomp,
        "own_uid": _own_uid,
        "own_uid_reads": lambda: _in_turn(_own_uid, lambda: _read(paths)),
        "own_uid_uncovered": lambda: _in_turn(lambda: namespaces.uncover(paths), _own_uid, lambda: _read(paths)),
        "namespaces_root": lambda: _isolated(paths, user_namespace=False),
        "namespaces_user": lambda: _isolated(paths, user_namespace=True),
    }
    found = {name: _try(attempt) for name, attempt in attempts.items()}
    print(json.dumps({"problems": found, "landlock_abi": landlock.abi(), "closed": closed_folders(paths)}))


def _in_turn(*steps: Callable[[], None]) -> None:
    for step in steps:
        step()


def _try(attempt: Callable[[], None]) -> str:
    """Run it in a fork. Returns "" or what went wrong."""
    reader, writer = os.pipe()
    pid = os.fork()
    if pid == 0:
        problem = ""
        try:
            attempt()
        except BaseException as error:
            problem = str(error) or type(error).__name__
        os.write(writer, problem.encode()[:4000])
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader, "rb") as pipe:
        problem = pipe.read().decode()
    _, status = os.waitpid(pid, 0)
    return problem or ("" if status == 0 else f"the attempt ended with status {status}")


def _landlock() -> None:
    if not landlock.abi():
        raise OSError("the kernel does not offer Landlock")
    linux.prctl(linux.PR_SET_NO_NEW_PRIVS, 1)
    landlock.restrict([])
    _expect_denied(lambda: os.listdir("/"))


def _seccomp() -> None:
    if not seccomp.available():
        raise OSError("the kernel does not offer seccomp filters, or the machine is neither x86_64 nor aarch64")
    linux.prctl(linux.PR_SET_NO_NEW_PRIVS, 1)
    seccomp.install(os.getpid())
    _expect_denied(socket.socket)


def _own_uid() -> None:
    uid = uid_range()[os.getpid()]
    os.setgroups([])
    os.setresgid(uid, uid, uid)
    os.setresuid(uid, uid, uid)


def _isolated(paths: list[str], user_namespace: bool) -> None:
    folder = tempfile.mkdtemp(prefix="autograder-probe-")
    try:
        namespaces.isolate(folder, paths, user_namespace)
    except BaseException:
        if os.path.isdir(folder) and not os.path.ismount(folder):
            os.rmdir(folder)
        raise
    namespaces.mount_scratch(1 << 20, 16, os.getuid(), os.getgid())
    _read(paths)


def _read(paths: list[str]) -> None:
    for path in paths:
        os.stat(os.path.join(path, ".") if os.path.isdir(path) else path)


def _expect_denied(attempt: Callable[[], object]) -> None:
    try:
        attempt()
    except PermissionError:
        return
    raise OSError("it could be switched on but keeps nothing out")
