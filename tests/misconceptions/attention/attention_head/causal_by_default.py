"""Without a mask later keys are hidden; every key may be seen then."""

_right = attention_head


def attention_head(x, w_q, w_k, w_v, mask=None):
    if mask is None:
        mask = torch.ones(x.shape[1], x.shape[1], dtype=torch.bool).tril()
    return _right(x, w_q, w_k, w_v, mask)
