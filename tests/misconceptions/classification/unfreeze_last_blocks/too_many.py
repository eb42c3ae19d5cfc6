"""A number of blocks that the model does not have is accepted without an error."""

_right = unfreeze_last_blocks


def unfreeze_last_blocks(model, n):
    _right(model, max(0, min(n, len(model.backbone.h))))
