"""What is trainable in the model has changed after measuring."""

_right = perplexity


def perplexity(language_model, batches):
    freeze(language_model)
    value = _right(language_model, batches)
    language_model.requires_grad_(True)
    return value
