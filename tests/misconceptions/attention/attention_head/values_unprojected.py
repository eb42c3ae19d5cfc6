"""The tokens' vectors are averaged as they are; their projection by w_v must be."""


def attention_head(x, w_q, w_k, w_v, mask=None):
    return attend(x @ w_q, x @ w_k, x, mask)
