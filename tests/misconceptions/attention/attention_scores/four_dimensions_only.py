"""It raises an error for another number of leading dimensions, or of queries than keys."""


def attention_scores(q, k):
    if k.shape[-1] != q.shape[-1]:
        raise ValueError(f"widths {q.shape[-1]} and {k.shape[-1]} differ")
    return torch.einsum("bhid,bhjd->bhij", q, k) / q.shape[-1] ** 0.5
