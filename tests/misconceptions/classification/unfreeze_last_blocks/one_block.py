"""It unfreezes the n-th block from the end, not the last n."""

_right = unfreeze_last_blocks


def unfreeze_last_blocks(model, n):
    blocks = model.backbone.h
    if not 0 <= n <= len(blocks):
        _right(model, n)  # raises
    if n:
        blocks[-n].requires_grad_(True)
        model.backbone.ln_f.requires_grad_(True)
