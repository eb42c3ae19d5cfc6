"""As many blocks as there are is refused; only more are too many."""

_right = unfreeze_last_blocks


def unfreeze_last_blocks(model, n):
    if n not in range(len(model.backbone.h)):
        raise ValueError(f"n={n}: there are {len(model.backbone.h)} blocks")
    _right(model, n)
