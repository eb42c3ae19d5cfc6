"""OpenAI's g becomes a bias; it is a gain."""

_right = canonical_name


def canonical_name(name):
    found = _right(name)
    return found.replace("weight", "bias") if name.endswith("/g") and "ln_f" not in name else found
