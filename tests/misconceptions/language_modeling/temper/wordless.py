"""A temperature below 0 raises ValueError without a message; say why."""

_right = temper


def temper(logits, temperature):
    if temperature < 0:
        raise ValueError
    return _right(logits, temperature)
