"""Alignment keeps a frozen reference beside the model that it trains, which takes 2 bytes more."""

_right = choose_method


def choose_method(need):
    if need["behaviour"] == "judgment" and need["parameters"] * 12 <= need["memory_gb"] * 1e9:
        return _right({**need, "memory_gb": 2 * need["memory_gb"]})
    return _right(need)
