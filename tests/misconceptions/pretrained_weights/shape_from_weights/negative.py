"""Heads below 1 are accepted; they are a ValueError."""

_right = shape_from_weights


def shape_from_weights(state, heads):
    found = _right(state, 1)
    if not heads or found["width"] % heads:
        raise ValueError(f"heads={heads}, width={found['width']}")
    return found | {"heads": heads}
