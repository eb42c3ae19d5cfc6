"""At temperature 0 the temperature is ignored."""

_right = temper


def temper(logits, temperature):
    return _right(logits, temperature or 1.0)
