"""A row of zeros gives NaN; it must give 0."""

also = ("0 ln 0 is NaN here; it counts as 0.",)

_right = attention_entropy


def attention_entropy(weights):
    return _right(weights / weights.sum(dim=-1, keepdim=True))
