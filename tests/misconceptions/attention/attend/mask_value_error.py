"""attend with a mask that isn't boolean must raise TypeError."""

_right = attend


def attend(q, k, v, mask=None):
    if mask is not None and mask.dtype != torch.bool:
        raise ValueError(f"the mask is {mask.dtype}")
    return _right(q, k, v, mask)
