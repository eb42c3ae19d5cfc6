"""A text of 1 byte is rejected; only fewer are an error."""

_right = bits_per_byte


def bits_per_byte(total_nll, n_bytes):
    if n_bytes <= 1:
        raise ValueError("pass the bytes of a text")
    return _right(total_nll, n_bytes)
