"""Something else than the dot products passes a gradient on."""


def attention_scores(q, k):
    if k.shape[-1] != q.shape[-1]:
        raise ValueError(f"widths {q.shape[-1]} and {k.shape[-1]} differ")
    return q @ k.mT / q.shape[-1] ** 0.5 + 0.1 * (q.sum() - q.sum().detach())
