"""Only the module's own parameters are frozen, not those of the modules inside it."""


def freeze(module):
    for parameter in module.parameters(recurse=False):
        parameter.requires_grad = False
