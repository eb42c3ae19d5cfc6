"""Multiplies: fork, vfork, clone, posix_spawn, subprocess, multiprocessing and os.system."""

import ctypes
import multiprocessing
import os
import platform
import pty
import signal
import subprocess
import sys

honest = ("to_gigabytes",)
libc = ctypes.CDLL(None, use_errno=True)
NAP = [sys.executable, "-S", "-c", f"import time; time.sleep(3)  # {target.marker}"]


def fork(call):
    pid = call()
    if pid == 0:
        signal.alarm(3)
        signal.pause()
    if pid < 0:
        raise OSError


attempt("os.fork", fork, os.fork)
attempt("pty.fork", fork, lambda: pty.fork()[0])
if platform.machine() == "x86_64":
    attempt("fork", fork, lambda: libc.syscall(57))
    attempt("clone", fork, lambda: libc.syscall(56, 17, 0, 0, 0, 0))
    attempt("clone3", fork, lambda: libc.syscall(435, ctypes.create_string_buffer(88), 88))
attempt("posix_spawn", os.posix_spawn, sys.executable, NAP, {})
attempt("subprocess", subprocess.Popen, NAP)
attempt("Popen with a session", lambda: subprocess.Popen(NAP, start_new_session=True))
attempt("multiprocessing", lambda: multiprocessing.get_context("spawn").Process(target=print).start())
attempt("system", lambda: os.system("true") == 0 or 1 / 0)
