"""A size is cut off where floats make it a little less; it has to be rounded."""

_right = decode_model_name


def decode_model_name(name):
    card = _right(name)
    for word in re.split("[ ,-]", name.lower()):
        if re.fullmatch(r"\d+\.\d+b", word) and card["parameters"]:
            return {**card, "parameters": int(float(word[:-1]) * 1e9)}
    return card
