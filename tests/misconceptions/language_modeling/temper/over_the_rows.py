"""The softmax runs along another dimension than the vocabulary, which is the last."""

_right = temper


def temper(logits, temperature):
    if temperature <= 0:
        return _right(logits, temperature)
    return (logits.float() / temperature).softmax(dim=0)
