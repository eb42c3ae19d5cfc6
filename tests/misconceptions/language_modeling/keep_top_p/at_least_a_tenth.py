"""p is kept within bounds; any from 0 to 1 is legal."""

also = ("The tensor of logits for a p that one token reaches has wrong values.",)

_right = keep_top_p


def keep_top_p(logits, p):
    return _right(logits, max(p, 0.5)) if 0 <= p <= 1 else _right(logits, p)
