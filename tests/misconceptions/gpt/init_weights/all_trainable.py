"""Which parameters are trainable has changed."""

_right = init_weights


def init_weights(model):
    model.requires_grad_(True)
    _right(model)
