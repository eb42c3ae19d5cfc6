"""The batches are not taken in order."""

_right = train_epoch


def train_epoch(model, loader, optimizer):
    return _right(model, list(loader)[::-1], optimizer)
