"""Module.requires_grad_ does it, and returns the module."""


def freeze(module):
    return module.requires_grad_(False)
