"""The size of a logit decides, without its sign."""

_right = keep_top_k


def keep_top_k(logits, k):
    _right(logits, k)
    k = min(k, logits.shape[-1])
    bound = logits.abs().topk(k, dim=-1).values[..., -1:]
    return logits.masked_fill(logits.abs() < bound, -math.inf)
