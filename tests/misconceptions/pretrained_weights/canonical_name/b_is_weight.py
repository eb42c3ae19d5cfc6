"""OpenAI's b becomes a weight."""

_right = canonical_name


def canonical_name(name):
    found = _right(name)
    return found.replace("bias", "weight") if name.endswith("/b") else found
