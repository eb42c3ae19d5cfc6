"""rotate_positions with an odd width must raise ValueError."""

_right = rotate_positions


def rotate_positions(x, positions, base=10000.0):
    return _right(x[..., :-1], positions, base) if x.shape[-1] % 2 else _right(x, positions, base)
