"""n = 0 unfreezes the final norm; it must change nothing."""

_right = unfreeze_last_blocks


def unfreeze_last_blocks(model, n):
    blocks = model.backbone.h
    if not 0 <= n <= len(blocks):
        _right(model, n)  # raises
    blocks[len(blocks) - n :].requires_grad_(True)
    model.backbone.ln_f.requires_grad_(True)
