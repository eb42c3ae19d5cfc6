"""It trains on all batches whatever steps says."""

also = (
    "The batches are taken for a list; they may be anything that can be iterated anew.",
)  # it asks for their number

_right = train_sft


def train_sft(model, batches, optimizer, steps):
    return _right(model, batches, optimizer, max(steps, len(batches)))
