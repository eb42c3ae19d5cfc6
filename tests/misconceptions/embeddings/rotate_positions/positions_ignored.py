"""positions is not used; rows are counted from 0."""

_right = rotate_positions


def rotate_positions(x, positions, base=10000.0):
    return _right(x, torch.arange(len(positions)), base)
