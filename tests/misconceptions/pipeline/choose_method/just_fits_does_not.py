"""What just fits, fits."""

_right = choose_method


def choose_method(need):
    return _right({**need, "memory_gb": need["memory_gb"] * 0.999})
