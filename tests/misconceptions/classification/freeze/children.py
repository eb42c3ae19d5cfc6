"""Only the modules inside are frozen, not the module's own parameters."""


def freeze(module):
    for child in module.children():
        for parameter in child.parameters():
            parameter.requires_grad = False
