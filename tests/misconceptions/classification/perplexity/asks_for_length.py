"""It asks the batches for their number or goes through them more than once; any iterable must do."""

_right = perplexity


def perplexity(language_model, batches):
    if len(batches) == 0:
        raise ValueError("there is no batch")
    return _right(language_model, batches)
