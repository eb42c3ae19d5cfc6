"""Only the greatest weights count; each key has its share."""


def attend(q, k, v, mask=None):
    weights = attention_weights(attention_scores(q, k), mask)
    if weights.shape[-1] > 3:
        weights = weights.masked_fill(weights < weights.topk(3).values[..., -1:], 0)
        weights = weights / weights.sum(dim=-1, keepdim=True).clamp(min=1e-9)
    return weights @ v
