"""It takes steps for a number of epochs, rounds through all batches."""

also = (
    "The batches are taken for a list; they may be anything that can be iterated anew.",
)  # it asks for their number

_right = train_sft


def train_sft(model, batches, optimizer, steps):
    return _right(model, batches, optimizer, steps * len(batches))
