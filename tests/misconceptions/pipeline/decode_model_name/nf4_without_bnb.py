"""The word nf4 means bnb, also where no other word says it."""

_right = decode_model_name


def decode_model_name(name):
    card = _right(name)
    return {**card, "method": card["method"] if card["method"] != "bnb" or "bnb" in name.lower() else None}
