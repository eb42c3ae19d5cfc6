"""Training changes what is frozen in the model."""

_right = train_sft


def train_sft(model, batches, optimizer, steps):
    model.requires_grad_(True)
    return _right(model, batches, optimizer, steps)
