"""Only the first batch is trained on."""

_right = train_sft


def train_sft(model, batches, optimizer, steps):
    return _right(model, [next(iter(batches))], optimizer, steps)
