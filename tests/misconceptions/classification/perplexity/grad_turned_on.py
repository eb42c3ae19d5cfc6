"""It switches gradients on, although they were off before."""

_right = perplexity


def perplexity(language_model, batches):
    value = _right(language_model, batches)
    torch.set_grad_enabled(True)
    return value
