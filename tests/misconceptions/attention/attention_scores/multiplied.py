"""They are multiplied by the root of the width; they must be divided by it."""


def attention_scores(q, k):
    if k.shape[-1] != q.shape[-1]:
        raise ValueError(f"widths {q.shape[-1]} and {k.shape[-1]} differ")
    return q @ k.mT * q.shape[-1] ** 0.5
