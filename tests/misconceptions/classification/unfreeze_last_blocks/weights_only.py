"""Of a block or of the norm only some parameters are unfrozen."""

_right = unfreeze_last_blocks


def unfreeze_last_blocks(model, n):
    before = {name for name, parameter in model.named_parameters() if parameter.requires_grad}
    _right(model, n)
    for name, parameter in model.named_parameters():
        if name.endswith("bias") and name not in before:
            parameter.requires_grad = False
