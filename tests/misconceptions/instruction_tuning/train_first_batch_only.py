"""Only the first batch is trained on."""

exercise = "train_sft"
_right = train_sft


def train_sft(model, batches, optimizer, steps):
    return _right(model, batches[:1], optimizer, steps)
