"""The version must be a text: 3.10 and 3.1 are two versions."""

_right = decode_model_name


def decode_model_name(name):
    card = _right(name)
    return {**card, "version": card["version"] and float(card["version"])}
