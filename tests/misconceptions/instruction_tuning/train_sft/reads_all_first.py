"""It goes on reading batches that it does not train on, be they without end."""

_right = train_sft


def train_sft(model, batches, optimizer, steps):
    return _right(model, list(batches), optimizer, steps)
