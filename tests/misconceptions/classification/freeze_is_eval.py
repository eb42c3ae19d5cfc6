"""Nothing is frozen: every parameter still asks for a gradient."""

exercise = "freeze"


def freeze(module):
    module.eval()
