"""The scores are divided by the root of the number of tokens."""

also = ("The scores are scaled wrongly; they are divided by the root of the width once.",)


def attention_head(x, w_q, w_k, w_v, mask=None):
    if w_q.shape[1] != w_k.shape[1]:
        raise ValueError(f"widths {w_q.shape[1]} and {w_k.shape[1]}")
    return attention_weights(x @ w_q @ (x @ w_k).mT / x.shape[1] ** 0.5, mask) @ (x @ w_v)
