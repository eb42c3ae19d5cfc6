"""It multiplies by 8; the bits are counted in total_nll already."""

_right = bits_per_byte


def bits_per_byte(total_nll, n_bytes):
    found = _right(total_nll, n_bytes)
    return found * 8
