"""A k above the size of the vocabulary fails; it changes nothing."""

_right = keep_top_k


def keep_top_k(logits, k):
    if k > logits.shape[-1]:
        raise ValueError("k is larger than the vocabulary")
    return _right(logits, k)
