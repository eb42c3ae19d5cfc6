"""memory_estimate with a negative adapter_params must raise ValueError."""

_right = memory_estimate


def memory_estimate(
    n_params, method="full", weight_bits=16, gradient_bits=16, optimizer_bits=64, adapter_params=0, block_size=None
):
    adapter_params = adapter_params if method in ("lora", "qlora") else 0
    return _right(n_params, method, weight_bits, gradient_bits, optimizer_bits, adapter_params, block_size)
