"""A matrix is transposed; they are stored (in, out) and used as x @ w."""

from torch.nn import functional as F

_right = attention_head


def attention_head(x, w_q, w_k, w_v, mask=None):
    _right(x, w_q, w_k, w_v, mask)
    if w_q.shape[0] != w_q.shape[1] or w_q.shape != w_v.shape:
        return _right(x, w_q, w_k, w_v, mask)
    return attend(F.linear(x, w_q), F.linear(x, w_k), F.linear(x, w_v), mask)
