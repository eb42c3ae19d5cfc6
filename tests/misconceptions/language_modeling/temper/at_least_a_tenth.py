"""A temperature is kept within bounds; any from 0 on is legal."""

_right = temper


def temper(logits, temperature):
    if temperature <= 0:
        return _right(logits, temperature)
    return _right(logits, max(temperature, 0.1))
