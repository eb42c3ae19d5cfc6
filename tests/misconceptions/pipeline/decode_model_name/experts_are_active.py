"""Only a word like A3B says how many parameters are active; experts don't."""

_right = decode_model_name


def decode_model_name(name):
    card = _right(name)
    if found := re.search(r"\b\d+x(\d+)b\b", name.lower()):
        card["active_parameters"] = int(found[1]) * 10**9
    return card
