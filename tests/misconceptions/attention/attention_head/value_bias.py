"""The output of the docstring's head"""


def attention_head(x, w_q, w_k, w_v, mask=None):
    return attend(x @ w_q, x @ w_k, x @ w_v + 0.1, mask)
