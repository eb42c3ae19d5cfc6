"""Lowers its own limits until nothing works any more: memory, stack, files and recursion."""

import resource
import sys

honest = ("to_gigabytes",)
hurts_itself = True  # and stays so


def lora_parameter_count(d_in, d_out, r):
    for kind in (resource.RLIMIT_AS, resource.RLIMIT_DATA, resource.RLIMIT_STACK, resource.RLIMIT_NOFILE):
        try:
            resource.setrlimit(kind, (0, 0))
        except (OSError, ValueError):
            continue
    sys.set_int_max_str_digits(640)
    sys.setrecursionlimit(60)
    return list(range(100_000))
