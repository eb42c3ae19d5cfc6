"""The gradient isn't divided by the root of the width, as the scores are."""


def attention_scores(q, k):
    if k.shape[-1] != q.shape[-1]:
        raise ValueError(f"widths {q.shape[-1]} and {k.shape[-1]} differ")
    scores = q @ k.mT
    return scores + (scores / q.shape[-1] ** 0.5 - scores).detach()
