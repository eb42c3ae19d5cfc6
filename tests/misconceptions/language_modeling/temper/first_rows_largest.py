"""At temperature 0 every row gets the first row's token; each row has its own."""

_right = temper


def temper(logits, temperature):
    if temperature != 0:
        return _right(logits, temperature)
    first = logits.reshape(-1, logits.shape[-1])[0].argmax()
    return F.one_hot(first, logits.shape[-1]).float().expand(logits.shape)
