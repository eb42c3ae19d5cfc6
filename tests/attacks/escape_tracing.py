"""Traces, and reads the memory of, its parent and the grader."""

import ctypes
import os
import platform

honest = ("to_gigabytes",)
libc = ctypes.CDLL(None, use_errno=True)


def call(number, *arguments):
    if libc.syscall(number, *arguments) < 0:
        raise OSError


buffer = ctypes.create_string_buffer(8)
remote = (ctypes.c_void_p * 2)(0x400000, 8)
local = (ctypes.c_void_p * 2)(ctypes.addressof(buffer), 8)
if platform.machine() == "x86_64":
    for pid in (os.getppid(), target.grader, target.zygote):
        attempt(f"ptrace {pid}", call, 101, 0x4206, pid, 0, 0)  # PTRACE_SEIZE, which does not stop it
        attempt(f"process_vm_readv {pid}", call, 310, pid, local, 1, remote, 1, 0)
        attempt(f"kcmp {pid}", call, 312, pid, os.getpid(), 0, 0, 0)
        attempt(f"pidfd_getfd {pid}", call, 438, 3, 0, 0)
        attempt(f"process_madvise {pid}", call, 440, 3, remote, 1, 4, 0)
        attempt(f"move_pages {pid}", call, 279, pid, 0, 0, 0, 0, 0)
    attempt("traceme", call, 101, 0, 0, 0, 0)
    attempt("perf", call, 298, ctypes.create_string_buffer(128), 0, -1, -1, 0)
    attempt("userfaultfd", call, 323, 0)
