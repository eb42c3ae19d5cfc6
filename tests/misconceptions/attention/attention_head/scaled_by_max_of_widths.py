"""The scores are divided by the root of the values' width; that of the keys is asked for."""

also = (
    "The scores are scaled wrongly; they are divided by the root of the width once.",
    "The scores are divided by the root of D; the head's own width is asked for.",
    "The scores are divided by the root of the number of tokens.",
)


def attention_head(x, w_q, w_k, w_v, mask=None):
    if w_q.shape[1] != w_k.shape[1]:
        raise ValueError(f"widths {w_q.shape[1]} and {w_k.shape[1]}")
    width = max(w_q.shape[1], w_v.shape[1])
    return attention_weights(x @ w_q @ (x @ w_k).mT / width**0.5, mask) @ (x @ w_v)
