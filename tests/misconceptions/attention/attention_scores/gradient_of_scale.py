"""What attention_scores passes on to its first argument as gradient"""


def attention_scores(q, k):
    if k.shape[-1] != q.shape[-1]:
        raise ValueError(f"widths {q.shape[-1]} and {k.shape[-1]} differ")
    scores = q @ k.mT
    return scores + (scores / q.shape[-1] ** 0.5 - scores).detach()
