"""choose_method with an unknown task must raise ValueError."""

_right = choose_method


def choose_method(need):
    return _right({**need, "task": need["task"] if need["task"] in TASKS else "assist"})
