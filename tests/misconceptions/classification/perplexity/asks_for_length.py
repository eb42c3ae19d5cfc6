"""It asks the batches for their number or goes through them more than once; any iterable must do."""

also = ("perplexity without a token to predict must raise ValueError.",)  # it raises TypeError first

_right = perplexity


def perplexity(language_model, batches):
    if len(batches) == 0:
        raise ValueError("there is no batch")
    return _right(language_model, batches)
