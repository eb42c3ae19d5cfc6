"""Without a mask later keys are hidden; every key may be seen then."""

_right = attend


def attend(q, k, v, mask=None):
    if mask is None and q.shape[-2] == k.shape[-2]:
        mask = torch.ones(q.shape[-2], k.shape[-2], dtype=torch.bool).tril()
    return _right(q, k, v, mask)
