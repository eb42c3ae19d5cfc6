"""attention_scores with queries and keys of different widths must raise ValueError."""


def attention_scores(q, k):
    assert q.shape[-1] == k.shape[-1], f"{q.shape[-1]} and {k.shape[-1]}"
    return q @ k.mT / q.shape[-1] ** 0.5
