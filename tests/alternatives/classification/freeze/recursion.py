"""Recursion over children, each with its own table of parameters."""


def freeze(module):
    for parameter in module._parameters.values():
        if parameter is not None:
            parameter.requires_grad = False
    for child in module.children():
        freeze(child)
