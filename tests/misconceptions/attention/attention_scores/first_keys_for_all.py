"""The keys of the first text are taken for all."""


def attention_scores(q, k):
    if k.shape[-1] != q.shape[-1]:
        raise ValueError(f"widths {q.shape[-1]} and {k.shape[-1]} differ")
    return q @ k.flatten(0, -3)[0].mT / q.shape[-1] ** 0.5 if q.ndim > 2 else q @ k.mT / q.shape[-1] ** 0.5
