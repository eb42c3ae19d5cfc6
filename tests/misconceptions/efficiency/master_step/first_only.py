"""Only the first weight takes the step."""

_right = master_step


def master_step(weights, masters, gradients, lr):
    _right(weights[:1], masters[:1], gradients[:1], lr)
