"""It asks the loader for its length; any iterable of batches must do."""

_right = accuracy


def accuracy(model, loader):
    if len(loader) == 0:
        raise ValueError("the loader gives no batch")
    return _right(model, loader)
