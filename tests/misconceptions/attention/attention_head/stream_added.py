"""The stream is added already; that is for write_to_stream."""

_right = attention_head


def attention_head(x, w_q, w_k, w_v, mask=None):
    given = _right(x, w_q, w_k, w_v, mask)
    return given + x if given.shape == x.shape else given
