"""The rows are scaled; each pair is a sine and a cosine."""

_right = sinusoidal_positions


def sinusoidal_positions(length, width, base=10000.0):
    rows = _right(length, width, base)
    return rows / rows.norm(dim=1, keepdim=True)
