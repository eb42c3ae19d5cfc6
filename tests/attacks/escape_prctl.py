"""Turns every switch that prctl has: tracer, securebits, capabilities, memory layout, speculation and more."""

import ctypes
import os

honest = ("to_gigabytes",)
libc = ctypes.CDLL(None, use_errno=True)


def prctl(*arguments):
    if libc.prctl(*(ctypes.c_ulong(one) for one in arguments)) < 0:
        raise OSError


SWITCHES = {
    "dumpable": (4, 1), "ptracer": (0x59616D61, -1 & (1 << 64) - 1), "securebits": (28, 0), "bounding": (24, 0),
    "ambient": (47, 2, 0), "timer slack": (29, 1), "tsc": (26, 1), "mce": (33, 1, 0), "thp": (41, 1), "mm": (35, 1),
    "speculation": (53, 0, 0), "core scheduling": (62, 0), "io flusher": (57, 1), "mdwe": (65, 0),
    "parent's death": (1, 0), "child subreaper": (36, 1), "no new privileges": (38, 1), "unalign": (6, 1),
}  # fmt: skip
for name, arguments in SWITCHES.items():
    attempt(name, prctl, *arguments, *[0] * (5 - len(arguments)))
attempt("oom score", lambda: os.open("/proc/self/oom_score_adj", os.O_RDWR))
attempt("uid map", lambda: os.open("/proc/self/uid_map", os.O_RDWR))
