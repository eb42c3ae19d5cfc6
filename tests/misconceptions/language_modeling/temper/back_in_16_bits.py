"""The probabilities of 16-bit logits come back in 16 bits."""

_right = temper


def temper(logits, temperature):
    found = _right(logits, temperature)
    return found.to(logits.dtype) if logits.dtype.itemsize < 4 and temperature else found
