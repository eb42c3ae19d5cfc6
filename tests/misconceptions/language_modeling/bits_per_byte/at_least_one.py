"""A text of less than 1 byte must raise ValueError."""

_right = bits_per_byte


def bits_per_byte(total_nll, n_bytes):
    return _right(total_nll, max(n_bytes, 1))
