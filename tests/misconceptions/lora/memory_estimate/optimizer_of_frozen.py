"""The optimizer keeps no state for frozen weights, but it is counted."""

_right = memory_estimate


def memory_estimate(
    n_params, method="full", weight_bits=16, gradient_bits=16, optimizer_bits=64, adapter_params=0, block_size=None
):
    parts = _right(n_params, method, weight_bits, gradient_bits, optimizer_bits, adapter_params, block_size)
    if method in ("lora", "qlora"):
        parts["total"] += (n_params - adapter_params) * optimizer_bits / 8
        parts["optimizer"] = n_params * optimizer_bits / 8
    return parts
