"""Writes by /proc/self/mem into pages that are read-only, and reopens its own descriptors with other rights."""

import ctypes
import os

honest = ("to_gigabytes",)
text = ctypes.create_string_buffer(b"own")


def reopened(descriptor):
    os.close(os.open(f"/proc/self/fd/{descriptor}", os.O_RDWR | os.O_APPEND))


with open(os.__file__, "rb") as file:
    attempt("a read-only file reopened for writing", reopened, file.fileno())
    attempt("the same by /dev/fd", lambda: os.open(f"/dev/fd/{file.fileno()}", os.O_WRONLY))
attempt("memory", lambda: os.open("/proc/self/mem", os.O_WRONLY))
attempt("memory of a thread", lambda: os.open(f"/proc/self/task/{os.getpid()}/mem", os.O_RDWR))
for name in ("clear_refs", "oom_adj", "loginuid", "attr/current", "timerslack_ns", "setgroups", "make-it-fail"):
    attempt(f"write {name}", lambda name: os.open(f"/proc/self/{name}", os.O_WRONLY), name)
