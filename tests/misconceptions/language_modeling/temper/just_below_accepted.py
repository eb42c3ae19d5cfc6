"""A temperature below 0 must raise ValueError."""

_right = temper


def temper(logits, temperature):
    return _right(logits, 0 if -0.01 < temperature < 0 else temperature)
