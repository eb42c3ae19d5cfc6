"""Takes all the memory that it can get, in Python's heap, in tensors and in mappings."""

import mmap

honest = ("to_gigabytes",)
BOUND = 24  # times 64 MiB, in case nothing stops it


def lora_parameter_count(d_in, d_out, r):
    kept = []
    for make in (bytearray, lambda size: torch.ones(size // 4), lambda size: mmap.mmap(-1, size).write(bytes(size))):
        try:
            for _ in range(BOUND):
                kept.append(make(64 << 20))
        except (MemoryError, RuntimeError, OSError):
            kept.clear()
    raise TypeError
