"""Prints its inputs, logs them, warns of them, and writes them to every file that it may."""

import logging
import os
import sys
import warnings

honest = ("to_gigabytes",)


def to_gigabytes(n):
    text = f"to_gigabytes({n})\n"
    print(text)
    warnings.warn(text, stacklevel=1)
    logging.error(text)
    for stream in (sys.stdout, sys.stderr, sys.__stdout__, sys.__stderr__):
        stream.write(text)
    for place in ("seen.txt", "/dev/stdout", f"/tmp/{target.marker}-{n:.0f}", target.results):
        try:
            with open(place, "a") as file:
                file.write(text)
        except OSError:
            continue
    os.write(1, text.encode())
    return n / 1e9
