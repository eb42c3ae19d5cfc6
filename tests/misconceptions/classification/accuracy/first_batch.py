"""It measures the first batch only."""

_right = accuracy


def accuracy(model, loader):
    return _right(model, [next(iter(loader))]) if loader else _right(model, loader)
