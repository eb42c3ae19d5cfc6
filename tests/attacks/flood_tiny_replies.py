"""Sends thousands of whole, well-formed, empty answers for each question, as fast as the socket takes them."""

import os
import struct

from autograder.common import wire
from autograder.inside import executor

honest = ("to_gigabytes",)
hurts_itself = True  # an answer that nobody asked for ends its process
handle = executor.Executor.handle
tiny = wire.encode({"value": None, "args": [], "kwargs": {}})
frames = (struct.pack("<Q", len(tiny)) + tiny) * 1000


def pour(self, request):
    message = wire.decode(request)
    if message["op"] == "call" and message["name"] == "lora_parameter_count":
        for descriptor in range(3, 12):
            try:
                os.set_blocking(descriptor, False)
                os.write(descriptor, frames)
            except OSError:
                continue
    return handle(self, request)


executor.Executor.handle = pour


def lora_parameter_count(d_in, d_out, r):  # what is written is asked for
    return 0
