"""Leaves locks on files that the next submission reads too, and flags on descriptors that it shares."""

import fcntl
import os

honest = ("to_gigabytes",)


FLAGS = os.O_APPEND | os.O_NONBLOCK | getattr(os, "O_ASYNC", 0)
found = [fcntl.fcntl(descriptor, fcntl.F_GETFL) & FLAGS for descriptor in range(3)]
if any(found):
    spoils.append(f"{found}, set by somebody before me")
for descriptor in range(3):
    fcntl.fcntl(descriptor, fcntl.F_SETFL, FLAGS)
with open(os.__file__, "rb") as file:
    attempt("flock", fcntl.flock, file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    attempt("lockf", fcntl.lockf, file, fcntl.LOCK_SH | fcntl.LOCK_NB, 1, 123456789)
attempt("flock of an inherited file", fcntl.flock, 1, fcntl.LOCK_EX | fcntl.LOCK_NB)
