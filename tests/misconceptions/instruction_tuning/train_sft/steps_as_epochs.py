"""It takes steps for a number of epochs, rounds through all batches."""

_right = train_sft


def train_sft(model, batches, optimizer, steps):
    return _right(model, batches, optimizer, steps * len(batches))
