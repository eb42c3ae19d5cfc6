"""The layers are counted by names, and other names count as well."""

_right = shape_from_weights


def shape_from_weights(state, heads):
    return _right(state, heads) | {"layers": (len(state) - 4) // 12}
