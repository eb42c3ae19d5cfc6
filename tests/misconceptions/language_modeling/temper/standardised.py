"""A logit of -inf turns its row into NaN."""

_right = temper


def temper(logits, temperature):
    if temperature <= 0:
        return _right(logits, temperature)
    logits = logits.float()
    return _right(logits - logits.mean(dim=-1, keepdim=True), temperature)
