"""Equal logits count once; the k-th largest is counted with all that equal it."""

_right = keep_top_k


def keep_top_k(logits, k):
    _right(logits, k)
    sets = [sorted(set(row.tolist())) for row in logits.reshape(-1, logits.shape[-1])]
    bounds = [one[-min(k, len(one))] for one in sets]
    bound = torch.tensor(bounds, dtype=logits.dtype).view(*logits.shape[:-1], 1)
    return logits.masked_fill(logits < bound, -math.inf)
