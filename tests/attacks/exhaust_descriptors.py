"""Opens files, pipes, event counters and socket pairs until there are none."""

import os
import socket

honest = ("to_gigabytes",)


def fill(make):
    kept = []
    try:
        for _ in range(100_000):
            kept.append(make())
    except OSError:
        pass
    return kept


for descriptors in fill(os.pipe), fill(lambda: [os.eventfd(0)]), fill(lambda: [os.open("/dev/null", os.O_RDONLY)]):
    if len(descriptors) > 10_000:
        spoils.append(len(descriptors))
    for descriptor in sum(map(list, descriptors), []):
        os.close(descriptor)
if len(fill(socket.socketpair)) > 10_000:
    spoils.append("socket pairs")
