"""Sums math.prod over the two shapes."""

import math


def lora_parameter_count(d_in: int, d_out: int, r: int) -> int:
    if r <= 0:
        raise ValueError(f"a rank has to be positive: pass 1 or more as r, not {r}")
    return sum(map(math.prod, ((r, d_in), (d_out, r))))
