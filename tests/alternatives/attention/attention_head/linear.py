"""By F.linear, which wants matrices as (out, in)."""

from torch.nn import functional as F


def attention_head(x, w_q, w_k, w_v, mask=None):
    q, k, v = (F.linear(x, w.T) for w in (w_q, w_k, w_v))
    return attend(q, k, v, mask=mask)
