"""It measures the first batch only."""

also = (
    "accuracy with a loader that gives no batch must raise ValueError.",
)  # of an empty one it asks for the first batch

_right = accuracy


def accuracy(model, loader):
    return _right(model, [next(iter(loader))]) if loader else _right(model, loader)
