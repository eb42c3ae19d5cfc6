"""Returns what costs the most to compare and show: wide dicts, long keys, deep tuples as keys, many digits."""

import itertools

honest = ("to_gigabytes",)


def tuples(depth):
    key = ()
    for _ in range(depth):
        key = (key, key)
    return key


KINDS = itertools.cycle(
    [
        lambda: {"k" * 500 + str(number): number for number in range(1500)},
        lambda: {tuples(10): 1},
        lambda: [2**4095] * 700,
        lambda: {number / 7: [number] for number in range(3000)},
        lambda: [torch.zeros(0)] * 2000,
        lambda: "\U0010ffff" * 50_000,
        lambda: [[[[[["x" * 900] * 4] * 4] * 4] * 4] * 4],
        lambda: torch.zeros(*[1] * 16),
        lambda: b"\0" * (8 << 20),
    ]
)


def wide(*_, **__):
    return next(KINDS)()


memory_estimate = lora_parameter_count = wide
