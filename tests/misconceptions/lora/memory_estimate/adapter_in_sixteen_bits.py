"""The adapter is counted at 16 bits even beside 32-bit weights."""

_right = memory_estimate


def memory_estimate(
    n_params, method="full", weight_bits=16, gradient_bits=16, optimizer_bits=64, adapter_params=0, block_size=None
):
    parts = _right(n_params, method, weight_bits, gradient_bits, optimizer_bits, adapter_params, block_size)
    if method in ("lora", "qlora"):
        parts["adapter"] = adapter_params * 2
        parts["total"] = sum(size for part, size in parts.items() if part != "total")
    return parts
