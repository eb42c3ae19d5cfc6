"""Bytes are rounded to whole ones; half a byte counts as 0.5."""

import math

_right = memory_estimate


def memory_estimate(
    n_params, method="full", weight_bits=16, gradient_bits=16, optimizer_bits=64, adapter_params=0, block_size=None
):
    parts = _right(n_params, method, weight_bits, gradient_bits, optimizer_bits, adapter_params, block_size)
    del parts["total"]
    parts = {name: math.ceil(count) for name, count in parts.items()}
    return {**parts, "total": sum(parts.values())}
