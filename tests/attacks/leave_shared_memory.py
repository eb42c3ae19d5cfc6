"""Leaves shared memory, semaphores and message queues behind, by System V and by POSIX."""

import ctypes
import os
import platform
from multiprocessing import Semaphore, shared_memory

honest = ("to_gigabytes",)
libc = ctypes.CDLL(None, use_errno=True)


def call(number, *arguments):
    if libc.syscall(number, *arguments) < 0:
        raise OSError


if platform.machine() == "x86_64":
    attempt("shmget", call, 29, 0x41475231, 4096, 0o1666)
    attempt("semget", call, 64, 0x41475231, 1, 0o1666)
    attempt("msgget", call, 68, 0x41475231, 0o1666)
    attempt("mq_open", call, 240, b"autograder-attack", os.O_CREAT | os.O_RDWR, 0o666, None)
attempt("shared_memory", lambda: shared_memory.SharedMemory(f"{target.marker}", create=True, size=4096))
attempt("semaphore", Semaphore)
attempt("torch's shared memory", lambda: torch.zeros(4).share_memory_())
