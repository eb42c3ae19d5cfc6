"""The estimate for inference"""

_right = memory_estimate


def memory_estimate(*args, **options):
    parts = _right(*args, **options)
    return {**parts, "activations": 0}
