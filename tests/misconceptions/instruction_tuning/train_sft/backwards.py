"""It trains on the batches in another order."""

_right = train_sft


def train_sft(model, batches, optimizer, steps):
    return _right(model, batches[::-1], optimizer, steps)
