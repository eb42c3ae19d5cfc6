"""It gives the bits of the whole text; they are to be divided by its bytes."""

_right = bits_per_byte


def bits_per_byte(total_nll, n_bytes):
    found = _right(total_nll, n_bytes)
    return found * n_bytes
