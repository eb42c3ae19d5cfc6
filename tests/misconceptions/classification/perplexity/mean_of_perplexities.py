"""The perplexities of batches are averaged; exp comes last, after the mean over all tokens."""

_right = perplexity


def perplexity(language_model, batches):
    found = [_right(language_model, [batch]) for batch in batches]
    if not found:
        raise ValueError("there is no token to predict")
    return sum(found) / len(found)
