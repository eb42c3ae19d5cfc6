"""It freezes what was trainable before; it must only unfreeze."""

_right = unfreeze_last_blocks


def unfreeze_last_blocks(model, n):
    if 0 <= n <= len(model.backbone.h):
        model.requires_grad_(False)
    _right(model, n)
