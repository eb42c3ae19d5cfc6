"""A frozen model with a head on it is not asked for memory here."""

_right = choose_method


def choose_method(need):
    choice = _right(need)
    if choice["method"] == "classification_head" and need["parameters"] * 2 > need["memory_gb"] * 1e9:
        return Choice(method="smaller_model", reason="nothing_fits")
    return choice
