"""Moves the zygote's memory onto huge pages, which makes each fork and each child's end several times cheaper.

A fork copies one page table entry per 4 KiB of the 260 MiB that the imports take: 4 to 10 ms, and as much again to
let go of them. With 2 MiB pages it is 2 ms. A child that writes still copies 4 KiB at a time.
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterator

_HUGE = 2 << 20
_PIECE = 4 * _HUGE  # about 20 ms of work
_MADV_COLLAPSE = 25  # Linux 6.1


def collapse() -> Iterator[None]:
    """Do the work piece by piece, one per step, so that the caller can look after others in between.

    Stops early on a kernel that can't: all is as before then, only slower.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    for first, last in list(_private_memory()):
        for start in range(first, last, _PIECE):
            size = min(_PIECE, last - start)
            if libc.madvise(ctypes.c_void_p(start), ctypes.c_size_t(size), _MADV_COLLAPSE) != 0:
                break
            yield


def _private_memory() -> Iterator[tuple[int, int]]:
    """The address ranges of the heap and of anonymous mappings, cut to whole huge pages."""
    with open("/proc/self/maps") as file:
        for line in file:
            span, mode, _, _, _, *name = line.split()
            first, last = (int(address, 16) for address in span.split("-"))
            first, last = -(-first // _HUGE) * _HUGE, last // _HUGE * _HUGE
            if mode == "rw-p" and name in ([], ["[heap]"]) and first < last:
                yield first, last
