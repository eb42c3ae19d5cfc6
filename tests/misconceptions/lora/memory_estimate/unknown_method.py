"""memory_estimate with a method that doesn't exist must raise ValueError."""

_right = memory_estimate


def memory_estimate(n_params, method="full", *args, **kwargs):
    known = method in ("inference", "lora", "qlora")
    return _right(n_params, method if known else "full", *args, **kwargs)
