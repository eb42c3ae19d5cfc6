"""The error for queries and keys of different widths doesn't name both widths."""

_right = attention_head


def attention_head(x, w_q, w_k, w_v, mask=None):
    if w_q.shape != w_k.shape:
        raise ValueError("w_q and w_k differ")
    return _right(x, w_q, w_k, w_v, mask)
