"""A table of who trains what; everything is summed in bits and divided by 8 last; ragged block by divmod."""


def memory_estimate(
    n_params, method="full", weight_bits=16, gradient_bits=16, optimizer_bits=64, adapter_params=0, block_size=None
):
    #            trains the model, has an adapter
    kinds = {"inference": (0, 0), "full": (1, 0), "lora": (0, 1), "qlora": (0, 1)}
    problems = [
        (method not in kinds, f"unknown method {method!r}; pass one of {', '.join(kinds)}"),
        (n_params < 0, f"n_params={n_params}; pass a number of 0 or more"),
        (adapter_params < 0, f"adapter_params={adapter_params}; pass a number of 0 or more"),
        (block_size is not None and block_size < 1, f"block_size={block_size}; pass 1 or more (or None)"),
        (method == "qlora" and weight_bits >= 16, f"qlora with weight_bits={weight_bits}; pass weight_bits=4"),
    ]
    for bad, message in problems:
        if bad:
            raise ValueError(message)
    model, adapter = kinds[method]
    trained = model * n_params + adapter * adapter_params
    blocks = 0
    if block_size is not None:
        whole, rest = divmod(n_params, block_size)
        blocks = whole + (1 if rest > 0 else 0)
    bits = dict(
        weights=n_params * weight_bits,
        scales=blocks * 32,
        gradients=trained * gradient_bits,
        optimizer=trained * optimizer_bits,
        adapter=adapter * adapter_params * max(16, weight_bits),
    )
    return {name: n / 8 for name, n in bits.items()} | {"total": sum(bits.values()) / 8}
