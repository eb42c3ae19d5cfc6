"""It asks the batches for their number or goes through them more than once; any iterable must do."""

_right = perplexity


def perplexity(language_model, batches):
    if not any(batch["attention_mask"].sum(dim=1).max() > 1 for batch in batches):
        raise ValueError("there is no token to predict")
    return _right(language_model, batches)
