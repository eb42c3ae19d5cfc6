"""What doesn't fit raises another error than ValueError."""

_right = shape_from_weights


def shape_from_weights(state, heads):
    width = state["wte.weight"].shape[1]
    assert heads >= 1 and width % heads == 0, f"heads={heads}, width={width}"
    return _right(state, heads)
