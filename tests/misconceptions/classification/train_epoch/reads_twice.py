"""The loader is gone through more than once, which not every iterable can."""

_right = train_epoch


def train_epoch(model, loader, optimizer):
    if not any(True for batch in loader):
        raise ValueError("the loader gives no batch")
    return _right(model, loader, optimizer)
