"""The version is read as the size."""

_right = decode_model_name


def decode_model_name(name):
    card = _right(name)
    return {**card, "parameters": round(float(card["version"]) * 1e9) if card["version"] else card["parameters"]}
