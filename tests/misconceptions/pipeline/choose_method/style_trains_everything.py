"""A style is a refinement: an adapter does it, and all weights need not move."""

_right = choose_method


def choose_method(need):
    return _right({**need, "behaviour": "form"} if need["behaviour"] == "style" else need)
