"""The adapter's weights are put into blocks too; block_size is about the model's."""

_right = memory_estimate


def memory_estimate(n_params, method="full", *settings, adapter_params=0, block_size=None, **more):
    found = _right(n_params, method, *settings, adapter_params=adapter_params, block_size=block_size, **more)
    if block_size is not None and method in ("lora", "qlora"):
        scales = 4 * -(-(n_params + adapter_params) // block_size)
        found |= {"scales": scales, "total": found["total"] - found["scales"] + scales}
    return found
