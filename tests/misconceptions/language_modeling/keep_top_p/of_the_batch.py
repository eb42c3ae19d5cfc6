"""The tokens of the whole batch are added up together; each row has its own sum."""

also = ("The tensor of logits for a p that one token reaches has wrong values.",)

_right = keep_top_p


def keep_top_p(logits, p):
    return _right(logits.flatten(), p).view(logits.shape)
