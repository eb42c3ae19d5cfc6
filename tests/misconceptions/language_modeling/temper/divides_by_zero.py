"""At temperature 0 it divides by 0."""

_right = temper


def temper(logits, temperature):
    if temperature < 0:
        return _right(logits, temperature)
    return (logits.float() / temperature).softmax(dim=-1)
