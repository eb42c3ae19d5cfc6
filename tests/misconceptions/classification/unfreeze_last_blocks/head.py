"""It unfreezes the head too; that is not its business."""

_right = unfreeze_last_blocks


def unfreeze_last_blocks(model, n):
    _right(model, n)
    if n:
        model.classifier.requires_grad_(True)
