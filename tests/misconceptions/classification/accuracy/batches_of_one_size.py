"""A small last batch is counted as if it were as large as the first."""

_right = accuracy


def accuracy(model, loader):
    batches = list(loader)
    fractions = [_right(model, [batch]) for batch in batches]
    sizes = [len(batch["labels"]) for batch in batches]
    if not batches:
        raise ValueError("the loader gives no batch")
    right = sum(fraction * size for fraction, size in zip(fractions, sizes, strict=True))
    return right / (sizes[0] * len(sizes))
