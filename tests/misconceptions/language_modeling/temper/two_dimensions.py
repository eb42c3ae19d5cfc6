"""The leading dimensions are flattened; they must stay."""

_right = temper


def temper(logits, temperature):
    if temperature <= 0:
        return _right(logits, temperature)
    return _right(logits.reshape(-1, logits.shape[-1]), temperature)
