"""Only what is called weight or bias is frozen; a parameter may have any name."""


def freeze(module):
    for part in module.modules():
        for name in ("weight", "bias"):
            if isinstance(getattr(part, name, None), nn.Parameter):
                getattr(part, name).requires_grad = False
