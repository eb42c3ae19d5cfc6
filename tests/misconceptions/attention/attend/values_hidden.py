"""Values are hidden and their keys are not."""

also = ("The mask is not used.",)

_right = attend


def attend(q, k, v, mask=None):
    attention_weights(attention_scores(q, k), mask)
    if mask is None:
        return _right(q, k, v)
    seen = mask.expand(*q.shape[:-1], k.shape[-2]).any(dim=-2)
    return _right(q, k, v * seen[..., None])
