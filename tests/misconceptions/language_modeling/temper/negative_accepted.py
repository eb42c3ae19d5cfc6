"""A temperature below 0 must raise ValueError."""

_right = temper


def temper(logits, temperature):
    return (logits.float() / temperature).softmax(dim=-1) if temperature else _right(logits, 0)
