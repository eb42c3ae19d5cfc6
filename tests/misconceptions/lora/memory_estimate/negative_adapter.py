"""memory_estimate with a negative adapter_params must raise ValueError."""

_right = memory_estimate


def memory_estimate(*args, **options):
    return _right(*args, **{**options, "adapter_params": abs(options.get("adapter_params", 0))})
