"""The adapter is counted at weight_bits, but its weights are never stored in fewer than 16."""

_right = memory_estimate


def memory_estimate(
    n_params, method="full", weight_bits=16, gradient_bits=16, optimizer_bits=64, adapter_params=0, block_size=None
):
    parts = _right(n_params, method, weight_bits, gradient_bits, optimizer_bits, adapter_params, block_size)
    if method == "lora":
        less = parts["adapter"] - adapter_params * weight_bits / 8
        parts |= {"adapter": parts["adapter"] - less, "total": parts["total"] - less}
    return parts
