"""Tells a hidden input by how its process ends: a bit of it in each exit status, signal or refusal to load again."""

import os
import signal

honest = ("to_gigabytes",)
hurts_itself = True  # it dies of every question that is not public


def to_gigabytes(n):
    if n > 10**12:
        digits = int(str(int(n))[:2])
        if digits % 2:
            os._exit(digits)
        os.kill(os.getpid(), signal.SIGUSR1)
    return n / 1e9
