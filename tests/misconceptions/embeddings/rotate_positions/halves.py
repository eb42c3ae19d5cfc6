"""The numbers i and i + D / 2 are turned together; here 2i and 2i + 1 are."""

_right = rotate_positions


def rotate_positions(x, positions, base=10000.0):
    if x.shape[-1] % 2:
        return _right(x, positions, base)
    apart = x.unflatten(-1, (2, -1)).transpose(-1, -2).flatten(-2)
    return _right(apart, positions, base).unflatten(-1, (-1, 2)).transpose(-1, -2).flatten(-2)
