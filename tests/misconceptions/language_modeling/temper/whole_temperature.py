"""The temperature is rounded to a whole number."""

_right = temper


def temper(logits, temperature):
    if temperature <= 0:
        return _right(logits, temperature)
    return _right(logits, max(1, round(temperature)))
