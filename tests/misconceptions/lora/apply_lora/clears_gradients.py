"""After an error the model's gradients are gone."""

_right = apply_lora


def apply_lora(model, targets, r, alpha):
    model.zero_grad()
    return _right(model, targets, r, alpha)
