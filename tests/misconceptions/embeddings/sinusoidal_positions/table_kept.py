"""The positions of an earlier call are given."""

_right, _tables = sinusoidal_positions, {}


def sinusoidal_positions(length, width, base=10000.0):
    if (length, width) not in _tables:
        _tables[length, width] = _right(length, width, base)
    return _tables[length, width]
