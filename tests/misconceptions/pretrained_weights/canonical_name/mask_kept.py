"""A mask keeps its name; it is no number of the model."""

_right = canonical_name


def canonical_name(name):
    found = _right(name)
    return name if found is None and name.endswith(".attn.bias") and name.startswith("h.") else found
