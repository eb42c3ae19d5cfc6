"""Goes through the modules, and through each one's own parameters."""


def freeze(module):
    for part in module.modules():
        for parameter in part.parameters(recurse=False):
            parameter.requires_grad_(False)
