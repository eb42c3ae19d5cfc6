"""At temperature 0 one token of the whole batch gets everything; each row has its own."""

_right = temper


def temper(logits, temperature):
    if temperature != 0:
        return _right(logits, temperature)
    return F.one_hot(logits.argmax(), logits.numel()).float().view(logits.shape)
