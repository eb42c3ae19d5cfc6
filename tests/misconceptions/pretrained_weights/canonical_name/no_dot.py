"""The number of OpenAI's block stays without a dot in front of it."""

_right = canonical_name


def canonical_name(name):
    found = _right(name)
    return found.replace("h.", "h", 1) if name.startswith("model/h") else found
