"""Queries and keys have changed places; a row belongs to a query."""

also = ("The last two dimensions have changed places.",)


def attention_scores(q, k):
    if k.shape[-1] != q.shape[-1]:
        raise ValueError(f"widths {q.shape[-1]} and {k.shape[-1]} differ")
    return k @ q.mT / q.shape[-1] ** 0.5
