"""It trains on the batches in another order."""

also = ("The batches are taken for a list; they may be anything that can be iterated anew.",)  # it slices them

_right = train_sft


def train_sft(model, batches, optimizer, steps):
    return _right(model, batches[::-1], optimizer, steps)
