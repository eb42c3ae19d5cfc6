"""x reaches the values only by way of a copy that is cut off."""


def attention_head(x, w_q, w_k, w_v, mask=None):
    return attend(x @ w_q, x @ w_k, x.detach() @ w_v, mask)
