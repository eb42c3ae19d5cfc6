"""Kills itself: by signal, by abort, by reading address 0, by a trap."""

import ctypes
import os
import signal

honest = ("to_gigabytes",)


def by(number):
    os.kill(os.getpid(), number)


def memory_estimate(*_, **named):
    if _ == (100,):
        os.abort()
    by(signal.SIGKILL if named else signal.SIGTRAP)


def lora_parameter_count(d_in, d_out, r):
    if r > 0:
        ctypes.string_at(0)
    by(signal.SIGSTOP)
