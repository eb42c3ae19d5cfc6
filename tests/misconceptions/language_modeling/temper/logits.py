"""It gives logits: the softmax is missing."""

_right = temper


def temper(logits, temperature):
    if temperature <= 0:
        return _right(logits, temperature)
    return logits.float() / temperature
