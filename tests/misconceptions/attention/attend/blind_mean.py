"""A query that may look at nothing gets the mean of all values; it must get zeros."""

_right = attend


def attend(q, k, v, mask=None):
    given = _right(q, k, v, mask)
    if mask is None:
        return given
    blind = ~mask.expand(*q.shape[:-1], k.shape[-2]).any(dim=-1, keepdim=True)
    return torch.where(blind, v.mean(dim=-2, keepdim=True), given)
