"""The smallest stay; the largest should."""

_right = keep_top_k


def keep_top_k(logits, k):
    _right(logits, k)
    k = min(k, logits.shape[-1])
    bound = logits.topk(k, dim=-1, largest=False).values[..., -1:]
    return logits.masked_fill(logits > bound, -math.inf)
