"""attention_head with queries and keys of different widths must raise ValueError."""


def attention_head(x, w_q, w_k, w_v, mask=None):
    return attention_weights(x @ w_q @ (x @ w_k).mT / w_q.shape[1] ** 0.5, mask) @ (x @ w_v)
