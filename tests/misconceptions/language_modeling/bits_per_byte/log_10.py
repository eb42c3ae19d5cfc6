"""It takes the logarithm to base 10 for that of bits."""

_right = bits_per_byte


def bits_per_byte(total_nll, n_bytes):
    found = _right(total_nll, n_bytes)
    return found * math.log(2) / math.log(10)
