"""Walks from the last block to the front."""


def unfreeze_last_blocks(model, n):
    if n not in range(len(model.backbone.h) + 1):
        raise ValueError(f"n must be from 0 to {len(model.backbone.h)}")
    for block in list(reversed(model.backbone.h))[:n]:
        block.requires_grad_(True)
    if n:
        model.backbone.ln_f.requires_grad_(True)
