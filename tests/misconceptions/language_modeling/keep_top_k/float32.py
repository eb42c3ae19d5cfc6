"""The tensor of logits has dtype float32, not bfloat16."""

_right = keep_top_k


def keep_top_k(logits, k):
    return _right(logits.float(), k)
