"""The mean score of each query is taken off; the scores are the products."""


def attention_scores(q, k):
    if k.shape[-1] != q.shape[-1]:
        raise ValueError(f"widths {q.shape[-1]} and {k.shape[-1]} differ")
    scores = q @ k.mT / q.shape[-1] ** 0.5
    return scores - scores.mean(dim=-1, keepdim=True)
