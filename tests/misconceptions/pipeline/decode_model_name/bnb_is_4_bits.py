"""A name with bnb in it has some width, and doesn't say which."""

_right = decode_model_name


def decode_model_name(name):
    card = _right(name)
    return {**card, "bits": 4} if card["method"] == "bnb" and card["bits"] is None else card
