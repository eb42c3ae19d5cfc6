"""The error for a loader that gives no batch has no message."""

_right = train_epoch


def train_epoch(model, loader, optimizer):
    batches = list(loader)
    if not batches:
        raise ValueError
    return _right(model, batches, optimizer)
