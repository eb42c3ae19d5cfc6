"""Lists how often each part is stored and at what size, and multiplies in one comprehension."""


def memory_estimate(
    n_params, method="full", weight_bits=16, gradient_bits=16, optimizer_bits=64, adapter_params=0, block_size=None
):
    import math

    trained = {"inference": 0, "full": n_params, "lora": adapter_params, "qlora": adapter_params}
    bad_block = block_size is not None and block_size <= 0
    if method not in trained or min(n_params, adapter_params) < 0 or bad_block:
        raise ValueError("check the method and the counts")
    if method == "qlora" and weight_bits > 15:
        raise ValueError("qlora means fewer than 16 bits: pass weight_bits=4")
    adapter = adapter_params if "lora" in method else 0
    blocks = math.ceil(n_params / block_size) if block_size else 0
    stored = {
        "weights": (n_params, weight_bits),
        "scales": (blocks, 32),
        "gradients": (trained[method], gradient_bits),
        "optimizer": (trained[method], optimizer_bits),
        "adapter": (adapter, weight_bits if weight_bits > 16 else 16),
    }
    sizes = {part: count * bits / 8 for part, (count, bits) in stored.items()}
    sizes["total"] = sum(sizes.values())
    return sizes
