"""Every row is held against the first row's bound."""

_right = keep_top_k


def keep_top_k(logits, k):
    _right(logits, k)
    k = min(k, logits.shape[-1])
    bound = logits.reshape(-1, logits.shape[-1])[0].topk(k).values[-1]
    return logits.masked_fill(logits < bound, -math.inf)
