"""Answers from destructors, weak references and the collector's callbacks, in the midst of the engine's own work."""

import gc
import os
import struct
import weakref

from autograder.common import wire

honest = ("to_gigabytes",)
hurts_itself = True  # an answer that nobody asked for ends its process
frame = wire.encode({"value": 14.0, "args": [7, 3, 2], "kwargs": {}})


def answer(*_):
    for descriptor in range(3, 20):
        try:
            os.write(descriptor, struct.pack("<Q", len(frame)) + frame)
        except OSError:
            continue


class Undead:
    def __del__(self):
        answer()
        globals().setdefault("again", []).append(self)


def lora_parameter_count(d_in, d_out, r):
    one = Undead()
    weakref.finalize(one, answer)
    one.itself = one
    gc.callbacks.append(answer)
    return {"value": 14.0}
