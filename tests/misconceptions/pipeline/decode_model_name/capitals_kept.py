"""The family must be in lower case."""

_right = decode_model_name


def decode_model_name(name):
    card = _right(name)
    start = name.lower().rfind(card["family"])
    return {**card, "family": name[start : start + len(card["family"])]}
