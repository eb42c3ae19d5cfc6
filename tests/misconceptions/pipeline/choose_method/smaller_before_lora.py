"""Where training all weights doesn't fit into memory and the weights do, an adapter takes its place."""

_right = choose_method


def choose_method(need):
    choice = _right(need)
    if choice["reason"] == "only_the_weights_fit":
        return Choice(method="smaller_model", reason="nothing_fits")
    return choice
