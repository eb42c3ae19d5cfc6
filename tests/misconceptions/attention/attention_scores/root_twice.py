"""They are divided by the width; its root is asked for."""


def attention_scores(q, k):
    if k.shape[-1] != q.shape[-1]:
        raise ValueError(f"widths {q.shape[-1]} and {k.shape[-1]} differ")
    root = q.shape[-1] ** 0.5
    return q / root @ (k / root).mT
