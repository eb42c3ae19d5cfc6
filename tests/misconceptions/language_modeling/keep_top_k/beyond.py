"""A k above the size of the vocabulary fails; it changes nothing."""

_right = keep_top_k


def keep_top_k(logits, k):
    _right(logits, k)
    bound = logits.topk(k, dim=-1).values[..., -1:]
    return logits.masked_fill(logits < bound, -math.inf)
