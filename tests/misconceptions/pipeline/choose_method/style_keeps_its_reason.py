"""Only the reason is wrong. Weights that don't fit in 16 bits fit in 4, and the adapter is trained beside them."""

_right = choose_method


def choose_method(need):
    choice = _right(need)
    if choice["method"] == "qlora" and need["behaviour"] == "style":
        return Choice(method="qlora", reason="refinement")
    return choice
