"""Blocks are counted by the config; model.backbone.h says how many there are."""


def unfreeze_last_blocks(model, n):
    blocks = model.backbone.config.n_layer
    if not 0 <= n <= blocks:
        raise ValueError(f"n={n}: pass a number from 0 to {blocks}")
    if n:
        for module in [*model.backbone.h[-n:], model.backbone.ln_f]:
            module.requires_grad_(True)
