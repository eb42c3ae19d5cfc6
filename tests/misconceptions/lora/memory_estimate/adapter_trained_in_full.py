"""The adapter is trained although this method has none."""

_right = memory_estimate


def memory_estimate(n_params, method="full", *settings, adapter_params=0, **more):
    found = _right(n_params, method, *settings, adapter_params=adapter_params, **more)
    if method == "full" and n_params:
        for part in ("gradients", "optimizer"):
            extra = found[part] / n_params * adapter_params
            found[part] += extra
            found["total"] += extra
    return found
