"""The error for a wrong number of blocks doesn't say how many there are."""

_right = unfreeze_last_blocks


def unfreeze_last_blocks(model, n):
    if not 0 <= n <= len(model.backbone.h):
        raise ValueError(f"n={n} is not a number of blocks")
    _right(model, n)
