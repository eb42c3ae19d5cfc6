"""Never returns from C: a regular expression that backtracks, a huge power, a sum, an endless iteration."""

import collections
import itertools
import re

honest = ("to_gigabytes",)
turns = itertools.cycle(
    [
        lambda: re.match(r"(a+)+$", "a" * 60 + "b"),
        lambda: sum(range(10**12)),
        lambda: pow(3, 10**9),
        lambda: collections.deque(itertools.product(range(100), repeat=10), maxlen=0),
    ]
)


def lora_parameter_count(d_in, d_out, r):
    return next(turns)()


def memory_estimate(*_, **__):
    return next(turns)()
