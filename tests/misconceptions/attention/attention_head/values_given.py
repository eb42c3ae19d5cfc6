"""The values alone are given."""

also = ("No gradient reaches w_q.",)

_right = attention_head


def attention_head(x, w_q, w_k, w_v, mask=None):
    _right(x, w_q, w_k, w_v, mask)
    return x @ w_v
