"""A number of four digits is a date, not a version."""

_right = decode_model_name


def decode_model_name(name):
    card = _right(name)
    date = re.search(r"-(\d{4})\b", name)
    return {**card, "version": card["version"] or (date[1] if date else None)}
