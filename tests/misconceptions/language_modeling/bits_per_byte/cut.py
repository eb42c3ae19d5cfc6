"""It drops the fraction."""

_right = bits_per_byte


def bits_per_byte(total_nll, n_bytes):
    found = _right(total_nll, n_bytes)
    return float(found // 1)
