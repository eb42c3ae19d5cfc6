"""A query always sees itself; the mask alone decides."""

_right = attend


def attend(q, k, v, mask=None):
    attention_weights(attention_scores(q, k), mask)
    if mask is not None:
        mask = mask | torch.eye(q.shape[-2], k.shape[-2], dtype=torch.bool)
    return _right(q, k, v, mask)
