"""What just fits, fits."""

exercise = "choose_method"
_right = choose_method


def choose_method(need):
    return _right({**need, "memory_gb": need["memory_gb"] * 0.999})
