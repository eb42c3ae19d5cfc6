"""The behaviour is asked before the task: what a model does already needs no head."""

_right = choose_method


def choose_method(need):
    if need["task"] == "classify" and need["behaviour"] == "as_is":
        return _right({**need, "behaviour": "form"})
    return _right(need)
