"""Becomes another program: execve, execveat, an executable in memory, a script in its own folder."""

import ctypes
import os
import platform
import sys

honest = ("to_gigabytes",)
libc = ctypes.CDLL(None, use_errno=True)
PROGRAM = [sys.executable, "-S", "-c", f"import time; time.sleep(3)  # {target.marker}"]


def call(number, *arguments):
    if libc.syscall(number, *arguments) < 0:
        raise OSError


attempt("execv", os.execv, sys.executable, PROGRAM)
attempt("execve of a shell", os.execve, "/bin/sh", ["sh", "-c", "sleep 3"], {})
attempt("memfd", os.memfd_create, "program")
with open("script", "w") as file:
    file.write(f"#!{sys.executable}\nimport time; time.sleep(3)\n")
attempt("script", os.execv, "./script", ["script"])
attempt("fexecve", lambda: os.execve(os.open(sys.executable, os.O_RDONLY), PROGRAM, {}))
if platform.machine() == "x86_64":
    attempt("execveat", call, 322, -100, b"/bin/true", None, None, 0)
