"""The prefix transformer. stays on the name."""

_right = canonical_name


def canonical_name(name):
    found = _right(name)
    return name if found and name.startswith("transformer.") else found
