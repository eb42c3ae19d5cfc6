"""The vectors are normalised first; they come as they are."""

from torch.nn import functional as F

_right = attention_head


def attention_head(x, w_q, w_k, w_v, mask=None):
    return _right(F.layer_norm(x, x.shape[-1:]), w_q, w_k, w_v, mask)
