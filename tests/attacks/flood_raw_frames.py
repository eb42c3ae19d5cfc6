"""Sends what no encoder makes: bombs in the header, absurd lengths, shapes and numbers."""

import itertools
import struct

from autograder.common import wire
from autograder.inside import executor

honest = ("to_gigabytes",)
handle = executor.Executor.handle


def header(text):
    return struct.pack("<I", len(text)) + text.encode()


BOMBS = itertools.cycle(
    [
        b"",
        b"\xff" * 100,
        struct.pack("<I", 0xFFFFFFFF) + b"{}",
        header("[" * 900_000),
        header('{"a":' * 190_000 + "1" + "}" * 190_000),
        header('{"tree": ' + "9" * 900_000 + ', "sizes": []}'),
        header('{"tree": {"x": [0, "float32", [1099511627776, 1099511627776], false]}, "sizes": [0]}'),
        header('{"tree": {"x": [0, "float32", [-1], false]}, "sizes": [-4]}'),
        header('{"tree": {"x": [0, "__class__", [1], false]}, "sizes": [4]}') + bytes(4),
        header('{"tree": {"d": [[{"t": []}, 1], [NaN, Infinity]]}, "sizes": []}'),
        header('{"tree": {"d": [["error", {"d": [["type", {"t": []}], ["lines", 7]]}]]}, "sizes": []}'),
        header('{"tree": {"d": [["error", "NotImplementedError"]]}, "sizes": []}'),
        header('{"tree": [], "sizes": {"0": 1}}'),
        header('{"tree": ["' + "\\ud800" * 100_000 + '"], "sizes": []}'),
        header('{"tree": ' + "[" * 30 + "1e999" + "]" * 30 + ', "sizes": []}'),
    ]
)


def bomb(self, request):
    message = wire.decode(request)
    if message["op"] == "load" or message["name"] in ("to_gigabytes", "planted"):
        return handle(self, request)
    return next(BOMBS)


executor.Executor.handle = bomb


def lora_parameter_count(d_in, d_out, r):  # what is written is asked for
    return 0
