"""It gives the logarithms of the probabilities."""

_right = temper


def temper(logits, temperature):
    if temperature <= 0:
        return _right(logits, temperature)
    return _right(logits, temperature).log()
