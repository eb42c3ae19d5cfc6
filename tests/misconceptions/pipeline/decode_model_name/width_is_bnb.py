"""A width alone names no method of quantization."""

_right = decode_model_name


def decode_model_name(name):
    card = _right(name)
    return {**card, "method": "bnb"} if card["bits"] == 4 and card["method"] is None else card
