"""Only a whole word says a size; a number inside another word says nothing."""

_right = decode_model_name


def decode_model_name(name):
    card = _right(name)
    found = re.search(r"(?<![a\d.x])(\d+(?:\.\d+)?)b(?![a-z])", name.lower().rpartition("/")[2])
    if found and card["parameters"] is None and card["active_parameters"] is None:
        card["parameters"] = round(float(found[1]) * 1e9)
    return card
