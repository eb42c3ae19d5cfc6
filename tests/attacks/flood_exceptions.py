"""Raises exceptions with huge texts, endless causes, thousands of frames, and names that are no text."""

honest = ("to_gigabytes",)


def lora_parameter_count(d_in, d_out, r):
    raise KeyError("x" * 50_000_000)


class Nameless(type):
    __name__ = property(lambda cls: 1j)


class Odd(Exception, metaclass=Nameless):
    def __str__(self):
        raise SystemExit("no text either")


def deep(depth):
    if depth == 0:
        raise Odd
    try:
        deep(depth - 1)
    except Exception as error:
        raise RuntimeError(error) from error


def memory_estimate(*_, **__):
    if _ == (100,):
        raise Odd
    deep(200)
