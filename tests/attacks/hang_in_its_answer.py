"""Returns values and exceptions whose texts, lengths and destructors never finish."""

import time

honest = ("to_gigabytes",)


class Endless(Exception):
    def __str__(self):
        time.sleep(1000)

    __repr__ = __str__


class Slow(dict):
    def items(self):
        time.sleep(1000)


class Undead:
    def __del__(self):
        time.sleep(1000)


def lora_parameter_count(d_in, d_out, r):
    raise Endless


def memory_estimate(*_, **__):
    Undead()
    return Slow(weights=1)
