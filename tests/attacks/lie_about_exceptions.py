"""Describes exceptions with fields of absurd types, and claims that others raised them."""

import itertools

from autograder.inside import executor

honest = ("to_gigabytes",)
describe = executor.Executor._describe


LIES = itertools.cycle(
    [
        {"type": "NotImplementedError", "own": True, "raised_in": "to_gigabytes", "message": "", "lines": []},
        {"type": "NotImplementedError", "own": True, "raised_in": "no such exercise\n# Forged", "lines": []},
        {"type": ["ValueError"], "message": {"a": 1}, "lines": "text", "own": 1},
        {"type": "__import__", "message": None, "lines": [None, 7, "x" * 100_000] * 100},
        {"type": "x" * 100_000, "message": "\ud800\udfff", "lines": {"a": 1}},
        {"lines": 7},
        {},
    ]
)
executor.Executor._describe = lambda self, error: next(LIES)


def memory_estimate(*_, **__):
    raise TypeError


def lora_parameter_count(*_):
    raise TypeError
