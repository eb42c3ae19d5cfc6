"""Gradients are switched off for good."""

_right = init_weights


def init_weights(model):
    torch.set_grad_enabled(False)
    _right(model)
