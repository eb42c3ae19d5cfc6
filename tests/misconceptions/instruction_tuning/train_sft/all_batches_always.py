"""It trains on all batches whatever steps says."""

_right = train_sft


def train_sft(model, batches, optimizer, steps):
    return _right(model, batches, optimizer, max(steps, len(batches)))
