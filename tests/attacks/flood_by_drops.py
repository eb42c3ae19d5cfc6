"""Sends its answer byte by byte, for ever."""

import os
import struct
import time

from autograder.common import wire
from autograder.inside import executor

honest = ("to_gigabytes",)
hurts_itself = True  # its time may be up before all is asked
handle = executor.Executor.handle


def drip(self, request):
    message = wire.decode(request)
    if message["op"] != "call" or message["name"] != "lora_parameter_count":
        return handle(self, request)
    for byte in struct.pack("<Q", 1 << 20) + bytes(1 << 20):
        for descriptor in range(3, 10):
            try:
                os.write(descriptor, bytes([byte]))
            except OSError:
                continue
        time.sleep(0.01)


executor.Executor.handle = drip


def lora_parameter_count(d_in, d_out, r):  # what is written is asked for
    return 0
