"""OpenAI's g stays in the name."""

_right = canonical_name


def canonical_name(name):
    found = _right(name)
    return found.replace("weight", "g") if name.endswith("/g") else found
