"""The probabilities are divided by the temperature; the logits are."""

_right = temper


def temper(logits, temperature):
    if temperature <= 0:
        return _right(logits, temperature)
    return _right(logits, 1) / temperature
