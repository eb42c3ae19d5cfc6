"""Adam keeps two numbers a parameter, m and v; one of them is missing."""

_right = memory_estimate


def memory_estimate(
    n_params, method="full", weight_bits=16, gradient_bits=16, optimizer_bits=64, adapter_params=0, block_size=None
):
    return _right(n_params, method, weight_bits, gradient_bits, optimizer_bits / 2, adapter_params, block_size)
