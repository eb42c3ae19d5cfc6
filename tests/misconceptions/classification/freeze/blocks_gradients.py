"""No gradient gets through a frozen module to what comes before it."""


def freeze(module):
    module.requires_grad_(False)
    forward = module.forward
    module.forward = lambda *args, **kwargs: forward(*args, **kwargs).detach()
