"""A nonlinearity is put on the projections; they are products alone."""


def attention_head(x, w_q, w_k, w_v, mask=None):
    if w_q.shape[1] != w_k.shape[1]:
        raise ValueError(f"widths {w_q.shape[1]} and {w_k.shape[1]}")
    return attend((x @ w_q).relu(), (x @ w_k).relu(), (x @ w_v).relu(), mask)
