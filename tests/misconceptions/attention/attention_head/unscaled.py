"""The scores aren't divided by the root of the width."""


def attention_head(x, w_q, w_k, w_v, mask=None):
    if w_q.shape[1] != w_k.shape[1]:
        raise ValueError(f"widths {w_q.shape[1]} and {w_k.shape[1]}")
    return attention_weights(x @ w_q @ (x @ w_k).mT, mask) @ (x @ w_v)
