"""The tensor of 16-bit logits that stay has dtype float32, not bfloat16."""

_right = keep_top_p


def keep_top_p(logits, p):
    return _right(logits.float(), p).float()
