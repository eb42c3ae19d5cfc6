"""A number is added to a projection; they are products alone."""


def attention_head(x, w_q, w_k, w_v, mask=None):
    return attend(x @ w_q, x @ w_k, x @ w_v + 0.1, mask)
