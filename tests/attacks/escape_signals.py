"""Signals its parent, the grader and everybody else (with signals that do no harm if they arrive)."""

import ctypes
import fcntl
import os
import platform
import resource
import signal

honest = ("to_gigabytes",)
libc = ctypes.CDLL(None, use_errno=True)


def call(number, *arguments):
    if libc.syscall(number, *arguments) < 0:
        raise OSError


for pid in (os.getppid(), target.grader, target.zygote, 1):
    for number in (0, signal.SIGCONT, signal.SIGURG):
        attempt(f"kill {pid}", os.kill, pid, number)
        attempt(f"killpg {pid}", os.killpg, pid, number)
        if platform.machine() == "x86_64":
            attempt(f"tkill {pid}", call, 200, pid, number)
            attempt(f"tgkill {pid}", call, 234, pid, pid, number)
            attempt(f"queue {pid}", call, 129, pid, number, ctypes.create_string_buffer(128))
    attempt(f"pidfd of {pid}", os.pidfd_open, pid)
    attempt(f"limits of {pid}", resource.prlimit, pid, resource.RLIMIT_CORE)
    attempt(f"processors of {pid}", lambda pid: os.sched_setaffinity(pid, os.sched_getaffinity(pid)), pid)
    attempt(f"scheduling of {pid}", lambda pid: os.sched_setscheduler(pid, os.SCHED_OTHER, os.sched_param(0)), pid)
    attempt(f"priority of {pid}", os.getpriority, os.PRIO_PROCESS, pid)
    attempt(f"a priority for {pid}", lambda pid: os.setpriority(os.PRIO_PROCESS, pid, 5), pid)
    attempt(f"owner of a pipe {pid}", fcntl.fcntl, 0, fcntl.F_SETOWN, pid)
attempt("kill all", os.kill, -1, 0)
attempt("kill the group", os.kill, 0, 0)
attempt("leave the group", os.setsid)
attempt("change the group", os.setpgid, 0, 0)
