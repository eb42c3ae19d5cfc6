"""The mask attn.masked_bias keeps its name."""

_right = canonical_name


def canonical_name(name):
    return name if name.startswith("h.") and name.endswith(".masked_bias") and _right(name) is None else _right(name)
