"""One branch per method, each filling a dict that starts with zeros."""


def memory_estimate(
    n_params, method="full", weight_bits=16, gradient_bits=16, optimizer_bits=64, adapter_params=0, block_size=None
):
    if n_params < 0:
        raise ValueError("n_params must not be negative")
    if adapter_params < 0:
        raise ValueError("adapter_params must not be negative")
    out = dict.fromkeys(["total", "adapter", "optimizer", "gradients", "scales", "weights"], 0.0)
    out["weights"] = n_params * (weight_bits / 8)
    if block_size is not None:
        if block_size < 1:
            raise ValueError("block_size must be 1 or more")
        out["scales"] = ((n_params + block_size - 1) // block_size) * 4
    if method == "full":
        out["gradients"] = n_params * (gradient_bits / 8)
        out["optimizer"] = n_params * (optimizer_bits / 8)
    elif method == "lora" or method == "qlora":
        if method == "qlora" and weight_bits >= 16:
            raise ValueError("pass weight_bits=4")
        out["adapter"] = adapter_params * (max(weight_bits, 16) / 8)
        out["gradients"] = adapter_params * (gradient_bits / 8)
        out["optimizer"] = adapter_params * (optimizer_bits / 8)
    elif method != "inference":
        raise ValueError(f"unknown method {method}")
    for part in ("weights", "scales", "gradients", "optimizer", "adapter"):
        out["total"] += out[part]
    return out
