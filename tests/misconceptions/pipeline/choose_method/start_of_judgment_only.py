"""choose_method with an unknown start must raise ValueError."""

_right = choose_method


def choose_method(need):
    return _right(need if need["behaviour"] == "judgment" else {**need, "start": "base"})
