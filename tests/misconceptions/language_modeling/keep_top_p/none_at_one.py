"""At p = 1 nothing is left."""

_right = keep_top_p


def keep_top_p(logits, p):
    return torch.full_like(logits, -math.inf) if p == 1 else _right(logits, p)
