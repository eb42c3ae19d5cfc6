"""Queries and keys meet in one matrix, W_Q times the transpose of W_K."""


def attention_head(x, w_q, w_k, w_v, mask=None):
    if w_q.shape[1] != w_k.shape[1]:
        raise ValueError(f"w_q is {w_q.shape[1]} wide, w_k {w_k.shape[1]}")
    scores = x @ (w_q @ w_k.T) @ x.mT / w_q.shape[1] ** 0.5
    return attention_weights(scores, mask) @ (x @ w_v)
