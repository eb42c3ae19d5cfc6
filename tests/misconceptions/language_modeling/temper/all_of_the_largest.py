"""At temperature 0 every one of several equal logits gets the probability 1."""

_right = temper


def temper(logits, temperature):
    return (logits == logits.amax(dim=-1, keepdim=True)).float() if temperature == 0 else _right(logits, temperature)
