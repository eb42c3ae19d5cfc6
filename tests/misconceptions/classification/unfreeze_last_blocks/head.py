"""It unfreezes the head too; it must leave the head as it is."""

_right = unfreeze_last_blocks


def unfreeze_last_blocks(model, n):
    _right(model, n)
    if n:
        model.classifier.requires_grad_(True)
