"""temper changes its input in place."""

_right = temper


def temper(logits, temperature):
    if temperature <= 0:
        return _right(logits, temperature)
    found = _right(logits, temperature)
    logits /= temperature
    return found
