"""attention_scores with queries and keys of different widths must raise ValueError."""


def attention_scores(q, k):
    return q @ k.mT / q.shape[-1] ** 0.5
