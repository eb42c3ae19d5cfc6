"""What doesn't fit in any way calls for a smaller model."""

_right = choose_method


def choose_method(need):
    choice = _right(need)
    if choice["method"] == "smaller_model" and need["behaviour"] != "new_language":
        return Choice(method="qlora", reason="only_4_bits_fit")
    return choice
