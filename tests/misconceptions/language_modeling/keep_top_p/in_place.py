"""keep_top_p changes its input in place."""

_right = keep_top_p


def keep_top_p(logits, p):
    logits.copy_(_right(logits, p))
    return logits
