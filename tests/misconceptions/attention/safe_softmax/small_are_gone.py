"""Low scores are taken for -inf; they may be of any size."""

also = (
    "The powers overflow or vanish; take off the greatest score of each row first.",
    "Each score is squeezed by itself; the weights of a row sum to 1.",
)

_right = safe_softmax


def safe_softmax(scores, dim=-1):
    gone = scores < -1e4
    return _right(scores.masked_fill(gone, -torch.inf), dim)
