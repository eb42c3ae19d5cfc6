"""It gives nats a byte; a bit is ln 2 nats."""

_right = bits_per_byte


def bits_per_byte(total_nll, n_bytes):
    found = _right(total_nll, n_bytes)
    return found * math.log(2)
