"""Landlock: from here on this process may open only the files it is given (kernel 5.13, any container).

What it does not cover, and `seccomp` therefore denies: chmod, chown, utime, extended attributes, the network
before ABI 4, signals before ABI 6. stat of any path stays possible.
"""

from __future__ import annotations

import ctypes
import functools
import os
import struct
from collections.abc import Iterable

from autograder.sandbox import linux

EXECUTE, WRITE_FILE, READ_FILE, READ_DIR, REMOVE_DIR, REMOVE_FILE = (1 << bit for bit in range(6))
MAKE_CHAR, MAKE_DIR, MAKE_REG, MAKE_SOCK, MAKE_FIFO, MAKE_BLOCK, MAKE_SYM = (1 << bit for bit in range(6, 13))
REFER, TRUNCATE, IOCTL_DEV = 1 << 13, 1 << 14, 1 << 15  # ABI 2, 3 and 5

READ = READ_FILE | READ_DIR
WRITE = READ | WRITE_FILE | TRUNCATE | REMOVE_DIR | REMOVE_FILE | MAKE_DIR | MAKE_REG | MAKE_SYM | REFER
DEVICE = READ_FILE | WRITE_FILE | TRUNCATE

_OF_FILES = EXECUTE | WRITE_FILE | READ_FILE | TRUNCATE | IOCTL_DEV  # the only rights that a rule on a file may hold
_NETWORK = 0b11  # bind and connect over TCP, ABI 4
_SCOPES = 0b11  # abstract sockets and signals of processes outside, ABI 6
_CREATE_RULESET_VERSION = 1
_RULE_PATH_BENEATH = 1


@functools.cache
def abi() -> int:
    """The version of Landlock that this kernel offers, 0 for none. Asked by the system call: /sys may be hidden."""
    try:
        return linux.syscall("landlock_create_ruleset", None, 0, _CREATE_RULESET_VERSION)
    except OSError:
        return 0


def restrict(rules: Iterable[tuple[int, int]]) -> None:
    """Confine this process to `rules`: pairs of a descriptor (O_PATH will do) and the rights beneath it.

    Every right that this kernel knows is handled, so what no rule grants is denied. Needs no_new_privs. The ruleset
    is made here, per process: a ruleset that several children hold could be widened by one of them.
    """
    version = abi()
    handled = (1 << (13 + (version >= 2) + (version >= 3) + (version >= 5))) - 1
    if version < 5:
        handled &= ~IOCTL_DEV
    attributes = struct.pack("=QQQ", handled, _NETWORK if version >= 4 else 0, _SCOPES if version >= 6 else 0)
    size = 24 if version >= 6 else 16 if version >= 4 else 8
    ruleset = linux.syscall("landlock_create_ruleset", ctypes.create_string_buffer(attributes, 24), size, 0)
    try:
        for descriptor, rights in rules:
            rule = ctypes.create_string_buffer(struct.pack("=Qi", rights & handled, descriptor), 12)
            linux.syscall("landlock_add_rule", ruleset, _RULE_PATH_BENEATH, rule, 0)
        linux.syscall("landlock_restrict_self", ruleset, 0)
    finally:
        os.close(ruleset)


def rights_for(path: str, rights: int) -> int:
    """`rights`, less those that make no sense for a file."""
    return rights if os.path.isdir(path) else rights & _OF_FILES
