"""choose_method with an unknown kind of data must raise ValueError."""

_right = choose_method


def choose_method(need):
    return _right({**need, "data": tuple(kind for kind in need["data"] if kind in DATA)})
