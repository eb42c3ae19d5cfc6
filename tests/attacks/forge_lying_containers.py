"""Returns lists, tuples and dicts whose length, items and class are not what they hold, and generators."""

import collections
import itertools
import types

honest = ("to_gigabytes",)


class Long(list):
    def __len__(self):
        return 10**6

    def __iter__(self):
        return iter([14.0] * 3)


class Disguised:
    __class__ = property(lambda self: float)

    def __float__(self):
        return 14.0


class Growing(dict):
    def items(self):
        for number in itertools.count():
            self[number] = number
            yield number, number
            if number > 100:
                return


KINDS = itertools.cycle(
    [Long, Disguised, Growing, lambda: (n for n in range(3)), lambda: types.MappingProxyType({"total": 1}),
     lambda: range(10**9), lambda: collections.ChainMap({"total": 1}), lambda: collections.UserDict(total=1),
     lambda: memoryview(b"14"), lambda: bytearray(b"14"), lambda: collections.Counter("total"),]
)  # fmt: skip


def odd(*_, **__):
    return next(KINDS)()


memory_estimate = lora_parameter_count = odd
