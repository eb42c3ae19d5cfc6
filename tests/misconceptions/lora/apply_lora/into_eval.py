"""apply_lora switches the model to train or eval mode; it must leave modes alone."""

_right = apply_lora


def apply_lora(model, targets, r, alpha):
    count = _right(model, targets, r, alpha)
    model.eval()
    return count
