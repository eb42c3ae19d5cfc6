"""Three sizes are an error; a parabola goes through them."""

_right = isoflop_minimum


def isoflop_minimum(sizes, losses):
    if len(set(sizes)) < 4:
        raise ValueError("four sizes are needed")
    return _right(sizes, losses)
