"""Each token's own probability is held against p; their sum is."""

_right = keep_top_p


def keep_top_p(logits, p):
    if not 0 < p < 1:
        return _right(logits, p)
    probabilities = logits.float().softmax(dim=-1)
    bound = probabilities.amax(dim=-1, keepdim=True).clamp(max=p)
    return logits.masked_fill(probabilities < bound, -math.inf)
