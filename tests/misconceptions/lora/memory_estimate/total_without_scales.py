"""The total leaves the scales out."""

_right = memory_estimate


def memory_estimate(n_params, method="full", *args, **kwargs):
    parts = _right(n_params, method, *args, **kwargs)
    return {**parts, "total": parts["total"] - parts["scales"]}
