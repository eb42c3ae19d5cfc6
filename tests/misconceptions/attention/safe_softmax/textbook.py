"""A row that is -inf throughout gives NaN; it must give zeros."""

also = ("The gradient is NaN; NaN that is replaced afterwards still stands in the gradient.",)


def safe_softmax(scores, dim=-1):
    powers = (scores - scores.amax(dim=dim, keepdim=True)).exp()
    return powers / powers.sum(dim=dim, keepdim=True)
