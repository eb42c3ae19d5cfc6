"""Changes what a machine has but one of: terminal, clock, host name, priorities, the processors that it may use."""

import ctypes
import os
import platform
import resource
import termios

honest = ("to_gigabytes",)
libc = ctypes.CDLL(None, use_errno=True)


def call(number, *arguments):
    if libc.syscall(number, *arguments) < 0:
        raise OSError


attempt("terminal", lambda: termios.tcsetattr(0, termios.TCSANOW, termios.tcgetattr(0)))
attempt("clock", os.open, "/dev/rtc", os.O_RDONLY)
attempt("a new priority", os.setpriority, os.PRIO_PROCESS, 0, 1)
attempt("idle scheduling", lambda: os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0)))
attempt("higher limits", lambda: resource.setrlimit(resource.RLIMIT_CORE, (1 << 30, 1 << 30)))
attempt("more files", lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (4096, 4096)))
if platform.machine() == "x86_64":
    name = os.uname().nodename.encode()
    attempt("host name", call, 170, name, len(name))  # stays what it is
    attempt("sync of all disks", call, 306, 0)
