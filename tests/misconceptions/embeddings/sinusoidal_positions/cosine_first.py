"""Sine and cosine have changed places; the sine comes first."""

_right = sinusoidal_positions


def sinusoidal_positions(length, width, base=10000.0):
    rows = _right(length, width, base)
    return rows.unflatten(1, (-1, 2)).flip(2).flatten(1)
