"""Fills its folder by calls that write without write(): sendfile, copy_file_range, truncation, holes and maps."""

import mmap
import os
import time

honest = ("to_gigabytes",)
BOUND = 256 << 20  # in case nothing stops it


def lora_parameter_count(d_in, d_out, r):
    source = os.open(torch.__file__, os.O_RDONLY)
    for name, copy in (("sendfile", os.sendfile), ("range", None)):
        target_file = os.open(name, os.O_RDWR | os.O_CREAT)
        written = 0
        try:
            while written < BOUND:
                os.lseek(source, 0, os.SEEK_SET)
                step = (
                    copy(target_file, source, 0, 1 << 20)
                    if copy
                    else os.copy_file_range(source, target_file, 1 << 20, 0)
                )
                written += step
                if not step:
                    break
        except OSError:
            continue
        if written >= BOUND:
            spoils.append(name)
    with open("map", "w+b") as file:
        try:
            file.truncate(1 << 30)
            with mmap.mmap(file.fileno(), 1 << 30) as held:
                for place in range(0, 1 << 30, 1 << 20):
                    held[place : place + 4096] = bytes(4096)
        except (OSError, ValueError):
            pass
    time.sleep(0.3)
    raise TypeError
