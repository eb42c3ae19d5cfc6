"""The parameters that work on one token are taken for all of them."""

_right = decode_model_name


def decode_model_name(name):
    card = _right(name)
    return {**card, "parameters": card["parameters"] or card["active_parameters"]}
