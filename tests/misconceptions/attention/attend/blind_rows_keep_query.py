"""The query is added to the average; that is for the stream."""

_right = attend


def attend(q, k, v, mask=None):
    given = _right(q, k, v, mask)
    if mask is None or q.shape[-1] != v.shape[-1]:
        return given
    blind = ~mask.expand(*q.shape[:-1], k.shape[-2]).any(dim=-1, keepdim=True)
    return torch.where(blind, q, given)
