"""The scores are made symmetric; that of (i, j) is not that of (j, i)."""


def attention_scores(q, k):
    if k.shape[-1] != q.shape[-1]:
        raise ValueError(f"widths {q.shape[-1]} and {k.shape[-1]} differ")
    scores = q @ k.mT / q.shape[-1] ** 0.5
    return (scores + scores.mT) / 2 if q.shape == k.shape else scores
