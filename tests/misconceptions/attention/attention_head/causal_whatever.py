"""Later keys are hidden, whatever the mask says."""

_right = attention_head


def attention_head(x, w_q, w_k, w_v, mask=None):
    _right(x, w_q, w_k, w_v, mask)
    if mask is not None:
        mask = torch.ones(x.shape[1], x.shape[1], dtype=torch.bool).tril()
    return _right(x, w_q, w_k, w_v, mask)
