"""It multiplies by ln 2; nats are fewer than bits, so it must divide."""

_right = bits_per_byte


def bits_per_byte(total_nll, n_bytes):
    found = _right(total_nll, n_bytes)
    return found * math.log(2) ** 2
