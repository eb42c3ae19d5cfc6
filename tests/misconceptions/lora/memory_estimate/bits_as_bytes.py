"""It counts bits as if they were bytes."""

_right = memory_estimate


def memory_estimate(n_params, method="full", *args, **kwargs):
    parts = {part: 8 * size for part, size in _right(n_params, method, *args, **kwargs).items()}
    return parts
