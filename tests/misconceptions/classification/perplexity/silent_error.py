"""The error for texts without a token to predict has no message."""

_right = perplexity


def perplexity(language_model, batches):
    batches = list(batches)
    if not any((batch["attention_mask"][:, 1:] * batch["attention_mask"][:, :-1]).any() for batch in batches):
        raise ValueError
    return _right(language_model, batches)
