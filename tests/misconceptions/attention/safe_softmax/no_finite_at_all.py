"""A finite number stands for -inf; scores may lie below it."""

also = ("It raises an error for scores of 16 bits.",)

_right = safe_softmax


def safe_softmax(scores, dim=-1):
    gone = (scores == -torch.inf).any()
    weights = _right(scores, dim)
    return (
        weights
        if not gone
        else _right(scores.clamp(min=-1e9), dim)
        .masked_fill((scores == -torch.inf).all(dim=dim, keepdim=True), 0)
        .to(scores.dtype)
    )
