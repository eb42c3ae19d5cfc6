"""It gives bits a bit: n_bytes counts bytes already, and isn't to be multiplied by 8."""

_right = bits_per_byte


def bits_per_byte(total_nll, n_bytes):
    found = _right(total_nll, n_bytes)
    return found / 8
