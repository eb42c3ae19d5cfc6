"""The greatest of all scores is taken off; each row has its own."""

also = ("The powers overflow or vanish; take off the greatest score of each row first.",)


def safe_softmax(scores, dim=-1):
    powers = (scores - scores.max().nan_to_num(neginf=0)).exp()
    total = powers.sum(dim=dim, keepdim=True)
    return powers / total.masked_fill(total == 0, 1)
