"""The weights are cut off from the gradient; they are learnt too."""

also = ("No gradient reaches w_q.",)

_right = attention_head


def attention_head(x, w_q, w_k, w_v, mask=None):
    _right(x, w_q, w_k, w_v, mask)
    weights = attention_weights(attention_scores(x @ w_q, x @ w_k), mask)
    return weights.detach() @ (x @ w_v)
