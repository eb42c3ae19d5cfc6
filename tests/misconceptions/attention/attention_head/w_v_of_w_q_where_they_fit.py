"""The values have the projection of the queries; they have their own."""

_right = attention_head


def attention_head(x, w_q, w_k, w_v, mask=None):
    return _right(x, w_q, w_k, w_q if w_q.shape == w_v.shape else w_v, mask)
