"""The perplexities of batches are averaged; exp comes last, after the mean over all tokens."""

also = ("A batch in which no token counts is refused, although there are tokens in another.",)

_right = perplexity


def perplexity(language_model, batches):
    found = [_right(language_model, [batch]) for batch in batches]
    if not found:
        raise ValueError("there is no token to predict")
    return sum(found) / len(found)
