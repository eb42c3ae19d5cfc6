"""What is trainable in the model has changed after measuring."""

_right = perplexity


def perplexity(language_model, batches):
    freeze(language_model)
    return _right(language_model, batches)
