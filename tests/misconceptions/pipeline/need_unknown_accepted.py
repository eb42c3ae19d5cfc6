"""choose_method with an unknown task must raise ValueError."""

exercise = "choose_method"
_right = choose_method


def choose_method(need):
    return _right({**need, "task": need["task"] if need["task"] in TASKS else "assist"})
