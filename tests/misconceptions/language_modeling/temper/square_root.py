"""The square root of the temperature is taken."""

_right = temper


def temper(logits, temperature):
    if temperature <= 0:
        return _right(logits, temperature)
    return _right(logits, temperature**0.5)
