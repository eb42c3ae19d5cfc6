"""It switches modules between train and eval mode; what is trainable has nothing to do with that."""

_right = unfreeze_last_blocks


def unfreeze_last_blocks(model, n):
    _right(model, n)
    if n > 0:
        for block in [*model.backbone.h[-n:], model.backbone.ln_f]:
            block.train()
