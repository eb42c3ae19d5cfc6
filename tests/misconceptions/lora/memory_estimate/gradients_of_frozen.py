"""Frozen weights have no gradients, but they are counted."""

_right = memory_estimate


def memory_estimate(
    n_params, method="full", weight_bits=16, gradient_bits=16, optimizer_bits=64, adapter_params=0, block_size=None
):
    parts = _right(n_params, method, weight_bits, gradient_bits, optimizer_bits, adapter_params, block_size)
    if method in ("lora", "qlora"):
        parts["gradients"] = (n_params + adapter_params) * gradient_bits / 8
        parts["total"] += n_params * gradient_bits / 8
    return parts
