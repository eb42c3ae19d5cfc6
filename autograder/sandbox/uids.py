"""User ids that nobody else uses, for children that get one of their own."""

from __future__ import annotations

import functools

_UNUSED = range(0x70000000, 0x7FFE0000)  # systemd's list of uid ranges leaves these to nobody


@functools.cache
def uid_range() -> range:
    """The ids to take: the unused range, or the upper half of what a container's user namespace maps."""
    with open("/proc/self/uid_map") as file:
        mapped = [(int(first), int(count)) for first, _, count in (line.split() for line in file)]
    first, count = max(mapped, key=lambda entry: entry[1])
    if first <= _UNUSED.start and first + count >= _UNUSED.stop:
        return _UNUSED
    return range(max(1, first + count // 2), first + count)
