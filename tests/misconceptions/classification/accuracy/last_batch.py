"""It measures the last batch only."""

_right = accuracy


def accuracy(model, loader):
    return _right(model, list(loader)[-1:])
