"""What is trainable in the model has changed after measuring."""

_right = accuracy


def accuracy(model, loader):
    freeze(model)
    fraction = _right(model, loader)
    model.requires_grad_(True)
    return fraction
