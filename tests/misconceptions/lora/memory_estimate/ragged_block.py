"""The last, ragged block has a scale too, but it is not counted."""

_right = memory_estimate


def memory_estimate(
    n_params, method="full", weight_bits=16, gradient_bits=16, optimizer_bits=64, adapter_params=0, block_size=None
):
    parts = _right(n_params, method, weight_bits, gradient_bits, optimizer_bits, adapter_params, block_size)
    if block_size is not None:
        scales = 4 * (n_params // block_size)
        parts["total"] += scales - parts["scales"]
        parts["scales"] = scales
    return parts
