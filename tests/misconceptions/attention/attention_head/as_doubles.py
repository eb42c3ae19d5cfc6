"""What comes out is in float64; it must have the dtype of what went in."""

_right = attention_head


def attention_head(x, w_q, w_k, w_v, mask=None):
    return _right(x.double(), w_q.double(), w_k.double(), w_v.double(), mask)
