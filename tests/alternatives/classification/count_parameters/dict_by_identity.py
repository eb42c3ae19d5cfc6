"""A dict by identity over all modules, and shapes multiplied by math.prod."""

import math


def count_parameters(module):
    found = {id(p): p for part in module.modules() for p in part._parameters.values() if p is not None}
    sizes = [(math.prod(p.shape), p.requires_grad) for p in found.values()]
    return sum(size for size, _ in sizes), sum(size for size, trainable in sizes if trainable)
