"""The logits are multiplied by the temperature; they are divided by it."""

_right = temper


def temper(logits, temperature):
    if temperature <= 0:
        return _right(logits, temperature)
    return _right(logits, 1 / temperature)
