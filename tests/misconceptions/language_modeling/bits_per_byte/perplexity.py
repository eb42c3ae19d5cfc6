"""It gives a perplexity: the bits are an exponent."""

_right = bits_per_byte


def bits_per_byte(total_nll, n_bytes):
    found = _right(total_nll, n_bytes)
    return 2**found
