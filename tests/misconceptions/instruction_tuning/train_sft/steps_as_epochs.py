"""It takes steps for rounds through all batches."""

_right = train_sft


def train_sft(model, batches, optimizer, steps):
    return _right(model, batches, optimizer, steps * len(batches))
