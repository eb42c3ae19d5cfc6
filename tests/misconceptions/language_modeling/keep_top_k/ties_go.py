"""Of several that equal the k-th largest some go; all of them stay."""

_right = keep_top_k


def keep_top_k(logits, k):
    _right(logits, k)
    k = min(k, logits.shape[-1])
    places = logits.topk(k, dim=-1).indices
    keep = torch.zeros_like(logits, dtype=torch.bool).scatter(-1, places, True)
    return logits.masked_fill(~keep, -math.inf)
