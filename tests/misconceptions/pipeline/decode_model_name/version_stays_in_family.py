"""Digits that end the family are its version."""

_right = decode_model_name


def decode_model_name(name):
    card = _right(name)
    glued = card["version"] and f"{card['family']}{card['version']}" in name.lower()
    return {**card, "family": card["family"] + card["version"], "version": None} if glued else card
