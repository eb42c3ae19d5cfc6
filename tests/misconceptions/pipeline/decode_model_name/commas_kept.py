"""Commas cut a name into words too."""

_right = decode_model_name


def decode_model_name(name):
    card = _right(name.replace(",", "\0"))
    return {**card, "family": card["family"].replace("\0", ",")}
