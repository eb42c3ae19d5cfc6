"""freeze takes parameters out of the module; it must leave them there, untrainable."""


def freeze(module):
    for part in list(module.modules()):
        for name, parameter in list(part.named_parameters(recurse=False)):
            delattr(part, name)
            part.register_buffer(name, parameter.detach())
