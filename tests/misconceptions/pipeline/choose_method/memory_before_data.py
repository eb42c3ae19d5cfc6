"""The data come before the memory: without them no model of any size will do."""

_right = choose_method


def choose_method(need):
    choice = _right(need)
    too_large = need["parameters"] * 0.5 > need["memory_gb"] * 1e9
    if choice["method"] == "get_data" and need["task"] != "classify" and too_large:
        return Choice(method="smaller_model", reason="nothing_fits")
    return choice
