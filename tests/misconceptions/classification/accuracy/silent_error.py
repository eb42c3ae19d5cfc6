"""The error for a loader that gives no batch has no message."""

_right = accuracy


def accuracy(model, loader):
    batches = list(loader)
    if not batches:
        raise ValueError
    return _right(model, batches)
