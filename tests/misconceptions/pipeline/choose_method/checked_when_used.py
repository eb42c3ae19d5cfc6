"""choose_method with an unknown task must raise ValueError."""

_right = choose_method


def choose_method(need):
    if need["behaviour"] == "as_is":
        return Choice(method="none", reason="already_there")
    return _right(need)
