"""The size is given in billions, not as a number of parameters."""

_right = decode_model_name


def decode_model_name(name):
    card = _right(name)
    return {**card, "parameters": card["parameters"] and card["parameters"] / 1e9}
