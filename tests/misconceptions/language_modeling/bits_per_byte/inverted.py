"""It gives bytes a bit, the wrong way round."""

_right = bits_per_byte


def bits_per_byte(total_nll, n_bytes):
    found = _right(total_nll, n_bytes)
    return 1 / found if found else 0.0
