"""Ignores every signal it can and sleeps in a system call."""

import ctypes
import signal

honest = ("to_gigabytes",)


def lora_parameter_count(d_in, d_out, r):
    for number in range(1, 65):
        try:
            signal.signal(number, signal.SIG_IGN)
        except (OSError, ValueError):
            continue
    signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 65))
    while True:
        ctypes.CDLL(None).sleep(1000)
