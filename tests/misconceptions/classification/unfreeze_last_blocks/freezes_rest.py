"""It freezes what was trainable before; it must only unfreeze."""

_right = unfreeze_last_blocks


def unfreeze_last_blocks(model, n):
    _right(model, 0 if not 0 <= n <= len(model.backbone.h) else n)
    if not 0 <= n <= len(model.backbone.h):
        raise ValueError(n)
    model.requires_grad_(False)
    _right(model, n)
