"""It asks the loader for its length; any iterable of batches must do."""

_right = train_epoch


def train_epoch(model, loader, optimizer):
    if len(loader) == 0:
        raise ValueError("the loader gives no batch")
    return _right(model, loader, optimizer)
