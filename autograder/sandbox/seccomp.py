"""The system calls that a child may still make: an allow-list, as a classic BPF program.

Everything else fails with EPERM, which Python turns into PermissionError: the code sees an exception, not a
crash. A call from another instruction set (32-bit, x32) ends the process.

What an allowed call may *reach* is mostly the business of `landlock`; the checks on arguments below close what
Landlock leaves open: signals to others, descriptors over sockets, datagrams to named sockets.
"""

from __future__ import annotations

import ctypes
import errno
import fcntl
import functools
import os
import platform
import socket
import struct

from autograder.sandbox import linux
from autograder.sandbox.syscalls import AUDIT_ARCHITECTURES, table

# torch uses about 45 of these; the rest is what threads, asyncio, tempfile and file handling need.
ALLOWED = """
read write readv writev pread64 pwrite64 preadv pwritev preadv2 pwritev2 lseek close close_range dup dup2 dup3 pipe
pipe2 poll ppoll select pselect6 epoll_create epoll_create1 epoll_ctl epoll_wait epoll_pwait epoll_pwait2 eventfd
eventfd2 timerfd_create timerfd_settime timerfd_gettime
stat fstat lstat newfstatat statx access faccessat faccessat2 readlink readlinkat getcwd chdir fchdir statfs fstatfs
getdents getdents64 mkdir mkdirat rmdir unlink unlinkat rename renameat renameat2 link linkat symlink symlinkat
ftruncate fallocate fsync fdatasync umask fadvise64 readahead sendfile copy_file_range
mmap munmap mprotect mremap madvise brk msync mincore membarrier futex futex_waitv set_robust_list get_robust_list
rseq set_tid_address sched_yield sched_getaffinity sched_getparam sched_getscheduler sched_get_priority_max
sched_get_priority_min getcpu nanosleep clock_nanosleep clock_gettime clock_getres gettimeofday time times getitimer
setitimer alarm timer_create timer_settime timer_gettime timer_getoverrun timer_delete
rt_sigaction rt_sigprocmask rt_sigreturn rt_sigpending rt_sigsuspend rt_sigtimedwait sigaltstack pause restart_syscall
getpid getppid gettid getuid geteuid getgid getegid getresuid getresgid getgroups getpgid getpgrp getsid capget
getrlimit getrusage sysinfo uname getrandom wait4 waitid exit exit_group
recvfrom getsockname getpeername getsockopt shutdown
""".split()

# glibc tries these first and falls back when they don't exist. Their arguments lie behind a pointer, out of reach.
UNKNOWN = ["clone3", "openat2"]

_LOAD, _JUMP_EQUAL, _JUMP_AT_LEAST, _AND, _RETURN = 0x20, 0x15, 0x35, 0x54, 0x06  # opcodes of linux/bpf_common.h
_KILL_PROCESS, _ERRNO, _ALLOW = 0x80000000, 0x00050000, 0x7FFF0000
_NUMBER, _ARCHITECTURE, _ARGUMENTS = 0, 4, 16  # offsets in struct seccomp_data
_X32_BIT = 0x40000000
_MODE_FILTER = 2

_THREAD = 0x00010000 | 0x00000800 | 0x00000100  # CLONE_THREAD, CLONE_SIGHAND, CLONE_VM
_NAMESPACES = 0x7E020000
_PR_NAMES = [15, 16, 0x53564D41]  # PR_SET_NAME, PR_GET_NAME, PR_SET_VMA: what threads and allocators call themselves
# Not F_SETOWN or F_SETSIG, which send any signal to any process of the same user; nor, like flock, any lock: by locks
# on files that all may read, one submission could tell another, graded at the same time, what it was asked.
_FCNTL = [fcntl.F_DUPFD, fcntl.F_GETFD, fcntl.F_SETFD, fcntl.F_GETFL, fcntl.F_SETFL, fcntl.F_DUPFD_CLOEXEC]
_IOCTL = [0x5401, 0x5413, 0x541B, 0x5421, 0x5450, 0x5451]  # TCGETS, TIOCGWINSZ, FIONREAD, FIONBIO, FIONCLEX, FIOCLEX

_PID = 0x7FA57E57  # above any process id (they end at 2**22), and no other operand of the program

Instruction = tuple[int, int, int, int]  # code, jump if true, jump if false, operand


def install(pid: int) -> None:
    """Install the filter for the process `pid`, which is this one and may then signal nobody else. It stays for good.

    Needs no_new_privs.
    """
    code = compiled().replace(_PID.to_bytes(4, "little"), pid.to_bytes(4, "little"))
    instructions = ctypes.create_string_buffer(code, len(code))
    head = ctypes.create_string_buffer(struct.pack("@HP", len(code) // 8, ctypes.addressof(instructions)))  # sock_fprog
    linux.prctl(linux.PR_SET_SECCOMP, _MODE_FILTER, ctypes.addressof(head))


@functools.cache
def compiled() -> bytes:
    """The filter as the kernel reads it, with `_PID` for the process; made once, before the fork."""
    return b"".join(struct.pack("=HBBI", *instruction) for instruction in program(_PID))


def program(pid: int, machine: str = "") -> list[Instruction]:
    """The filter as BPF instructions, for this machine or the one named."""
    machine = machine or platform.machine()
    numbers = table(machine)
    code: list[Instruction] = [
        (_LOAD, 0, 0, _ARCHITECTURE),
        (_JUMP_EQUAL, 1, 0, AUDIT_ARCHITECTURES[machine]),
        _answer(_KILL_PROCESS),
        (_LOAD, 0, 0, _NUMBER),
        (_JUMP_AT_LEAST, 0, 1, _X32_BIT),  # no system call of ours has a number that high
        _answer(_KILL_PROCESS),
    ]
    for name, block in _with_arguments(pid).items():
        if name in numbers:
            code += [(_JUMP_EQUAL, 0, len(block), numbers[name]), *block]
    for name in UNKNOWN:
        code += [(_JUMP_EQUAL, 0, 1, numbers[name]), _answer(_ERRNO | errno.ENOSYS)]
    for name in ALLOWED:
        if name in numbers:
            code += [(_JUMP_EQUAL, 0, 1, numbers[name]), _answer(_ALLOW)]
    return [*code, _answer(_ERRNO | errno.EPERM)]


def _with_arguments(pid: int) -> dict[str, list[Instruction]]:
    """The calls that depend on an argument. The kernel reads 32 bits of each argument that is compared here."""
    return {
        "clone": _masked(0, _THREAD | _NAMESPACES, _THREAD),  # threads, never processes
        "fcntl": _one_of(1, _FCNTL),
        "ioctl": _one_of(1, _IOCTL),
        "prctl": _one_of(0, _PR_NAMES),
        "kill": _one_of(0, [pid]),
        "tgkill": _one_of(0, [pid]),
        "prlimit64": _one_of(0, [0]),
        "sched_setaffinity": _one_of(0, [0, pid]),
        "socketpair": _one_of(0, [socket.AF_UNIX]),  # asyncio wakes its loop through one
        "sendto": _no_pointer(4),  # send() is sendto() without an address
        # Landlock before ABI 3 lets a file opened for reading be truncated.
        "open": _truncates_only_what_it_writes(1),
        "openat": _truncates_only_what_it_writes(2),
    }


def _one_of(argument: int, values: list[int]) -> list[Instruction]:
    tests = [(_JUMP_EQUAL, len(values) - index, 0, value) for index, value in enumerate(values)]
    return [_load(argument), *tests, _answer(_ERRNO | errno.EPERM), _answer(_ALLOW)]


def _masked(argument: int, mask: int, value: int) -> list[Instruction]:
    return [_load(argument), (_AND, 0, 0, mask), *_one_of(argument, [value])[1:]]


def _no_pointer(argument: int) -> list[Instruction]:
    refuse = _answer(_ERRNO | errno.EPERM)
    return [_load(argument), (_JUMP_EQUAL, 1, 0, 0), refuse, _load(argument, high=True), *_one_of(argument, [0])[1:]]


def _truncates_only_what_it_writes(argument: int) -> list[Instruction]:
    mask = os.O_TRUNC | os.O_ACCMODE
    refuse = _answer(_ERRNO | errno.EPERM)
    return [_load(argument), (_AND, 0, 0, mask), (_JUMP_EQUAL, 0, 1, os.O_TRUNC), refuse, _answer(_ALLOW)]


def _load(argument: int, high: bool = False) -> Instruction:
    return _LOAD, 0, 0, _ARGUMENTS + 8 * argument + (4 if high else 0)  # both machines are little-endian


def _answer(action: int) -> Instruction:
    return _RETURN, 0, 0, action


def available() -> bool:
    """Whether this kernel has seccomp filters that can end a process, and this machine's call numbers are known."""
    if platform.machine() not in AUDIT_ARCHITECTURES:
        return False
    try:
        action = ctypes.create_string_buffer(struct.pack("=I", _KILL_PROCESS), 4)
        linux.syscall("seccomp", 2, 0, action)  # SECCOMP_GET_ACTION_AVAIL
    except OSError:
        return False
    return True
