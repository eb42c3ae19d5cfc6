"""The likeliest tokens are cut out first; probabilities are those of the whole row."""

_right = keep_top_p


def keep_top_p(logits, p):
    if not 0 <= p < 1:
        return _right(logits, p)
    others = logits.float().argsort(dim=-1, descending=True)[..., 50:]
    return _right(logits.scatter(-1, others, -math.inf), p)
