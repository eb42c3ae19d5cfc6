"""A number of blocks that the model does not have must raise ValueError."""

_right = unfreeze_last_blocks


def unfreeze_last_blocks(model, n):
    for index in range(1, n + 1):
        model.backbone.h[len(model.backbone.h) - index]
    if n < 0 or n > len(model.backbone.h):
        raise IndexError(n)
    _right(model, n)
