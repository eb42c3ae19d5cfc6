"""After an error the model is left half adapted or frozen."""

_right = apply_lora


def apply_lora(model, targets, r, alpha):
    model.requires_grad_(False)
    return _right(model, targets, r, alpha)
