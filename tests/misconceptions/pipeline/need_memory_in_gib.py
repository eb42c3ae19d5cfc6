"""What doesn't fit in any way calls for a smaller model."""

exercise = "choose_method"
_right = choose_method


def choose_method(need):
    return _right({**need, "memory_gb": need["memory_gb"] * 2**30 / 1e9})
