"""A model of no parameters is rejected; only negative counts are errors."""

_right = memory_estimate


def memory_estimate(n_params, *args, **options):
    if n_params <= 0:
        raise ValueError("n_params must be positive")
    return _right(n_params, *args, **options)
