"""A wrong number of blocks raises an error, but changes the model first."""

_right = unfreeze_last_blocks


def unfreeze_last_blocks(model, n):
    _right(model, max(0, min(n, len(model.backbone.h))))
    _right(model, n)
