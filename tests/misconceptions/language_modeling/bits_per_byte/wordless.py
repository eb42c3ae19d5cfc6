"""A text of less than 1 byte raises ValueError without a message; say why."""

_right = bits_per_byte


def bits_per_byte(total_nll, n_bytes):
    if n_bytes < 1:
        raise ValueError
    return _right(total_nll, n_bytes)
