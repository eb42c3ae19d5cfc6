"""ValueError is raised although the width is even."""

_right = sinusoidal_positions


def sinusoidal_positions(length, width, base=10000.0):
    if width < 4:
        raise ValueError(f"width={width} is too narrow")
    return _right(length, width, base)
