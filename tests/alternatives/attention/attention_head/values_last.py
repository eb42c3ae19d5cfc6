"""The tokens are averaged, and what comes out is projected by w_v."""


def attention_head(x, w_q, w_k, w_v, mask=None):
    return attend(x @ w_q, x @ w_k, x, mask) @ w_v
