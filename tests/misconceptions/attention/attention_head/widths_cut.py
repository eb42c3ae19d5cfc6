"""attention_head with queries and keys of different widths must raise ValueError."""

_right = attention_head


def attention_head(x, w_q, w_k, w_v, mask=None):
    width = min(w_q.shape[1], w_k.shape[1])
    return _right(x, w_q[:, :width], w_k[:, :width], w_v, mask)
