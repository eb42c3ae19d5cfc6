"""What is trainable in the model has changed after measuring."""

_right = accuracy


def accuracy(model, loader):
    freeze(model)
    return _right(model, loader)
