"""Linux system calls that Python's standard library lacks, by ctypes. Each raises OSError when it fails.

Imported on Linux only. What the calls are used for is in `landlock`, `seccomp`, `namespaces` and `child`.
"""

from __future__ import annotations

import ctypes
import os
import struct
from typing import Any

from autograder.sandbox.syscalls import number

CLONE_NEWNS = 0x00020000
CLONE_NEWUTS = 0x04000000
CLONE_NEWIPC = 0x08000000
CLONE_NEWUSER = 0x10000000
CLONE_NEWNET = 0x40000000

MS_NOSUID, MS_NODEV, MS_NOEXEC, MS_BIND, MS_REC, MS_PRIVATE = 0x2, 0x4, 0x8, 0x1000, 0x4000, 0x40000
MNT_DETACH = 2
MOUNT_ATTR_RDONLY, MOUNT_ATTR_NOSUID = 0x1, 0x2

PR_SET_PDEATHSIG, PR_SET_DUMPABLE, PR_GET_SECCOMP, PR_SET_SECCOMP = 1, 4, 21, 22
PR_SET_CHILD_SUBREAPER, PR_SET_NO_NEW_PRIVS, PR_GET_NO_NEW_PRIVS = 36, 38, 39
PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL = 47, 4

_AT_RECURSIVE = 0x8000
_CAPABILITY_VERSION_3 = 0x20080522

_libc = ctypes.CDLL(None, use_errno=True)
_libc.syscall.restype = ctypes.c_long


def syscall(name: str, *arguments: Any) -> int:
    """Make the system call `name`; ints go as longs, bytes and ctypes objects as pointers."""
    plain = [ctypes.c_long(value) if isinstance(value, int) else value for value in arguments]
    result: int = _libc.syscall(ctypes.c_long(number(name)), *plain)
    if result < 0:
        code = ctypes.get_errno()
        raise OSError(code, f"{name}: {os.strerror(code)}")
    return result


def prctl(option: int, *arguments: int) -> int:
    return syscall("prctl", option, *arguments, *[0] * (4 - len(arguments)))


def unshare(flags: int) -> None:
    syscall("unshare", flags)


def mount(source: str, target: str, kind: str = "none", flags: int = 0, data: str = "") -> None:
    syscall("mount", os.fsencode(source), os.fsencode(target), kind.encode(), flags, data.encode())


def restrict_mount(target: str, attributes: int) -> None:
    """Add attributes such as MOUNT_ATTR_RDONLY to the mount at `target` and to those below it."""
    settings = ctypes.create_string_buffer(struct.pack("=QQQQ", attributes, 0, 0, 0), 32)
    syscall("mount_setattr", -100, os.fsencode(target), _AT_RECURSIVE, settings, 32)


def enter_root(folder: str) -> None:
    """Make `folder`, which must be a mount point, the root of this mount namespace and let go of the old one."""
    os.chdir(folder)
    syscall("pivot_root", b".", b".")
    syscall("umount2", b".", MNT_DETACH)
    os.chdir("/")


def close_all_but(keep: int) -> None:
    """Close every descriptor from 3 up except `keep`."""
    if keep > 3:
        syscall("close_range", 3, keep - 1, 0)
    syscall("close_range", max(3, keep + 1), 0xFFFFFFFF, 0)


def drop_capabilities() -> None:
    """Give up every capability. With no_new_privs and no exec there is no way to get one back."""
    header = ctypes.create_string_buffer(struct.pack("=Ii", _CAPABILITY_VERSION_3, 0), 8)
    syscall("capset", header, ctypes.create_string_buffer(24))
    prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL)


def set_filesystem_uid(uid: int) -> None:
    """Look at files (and at /proc) as `uid` does; needs root, and never reports failure."""
    syscall("setfsuid", uid)
