"""A batch in which no token counts is refused, although there are tokens in another."""

_right = perplexity


def perplexity(language_model, batches):
    def checked():
        for batch in batches:
            if not (batch["attention_mask"][:, 1:] * batch["attention_mask"][:, :-1]).any():
                raise ValueError("there is no token to predict in this batch")
            yield batch

    return _right(language_model, checked())
