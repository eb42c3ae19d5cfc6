"""Without the data that a method learns from there is nothing that it could learn."""

_right = choose_method


def choose_method(need):
    return _right({**need, "data": (*need["data"], *DATA)})
