"""Nothing is frozen: every parameter still asks for a gradient."""

_right = freeze


def freeze(module):
    import copy

    module = copy.deepcopy(module)
    _right(module)
    return module
