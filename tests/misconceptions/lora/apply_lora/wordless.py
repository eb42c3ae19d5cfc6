"""apply_lora raises ValueError without a message; it must name r or the target."""

_right = apply_lora


def apply_lora(model, targets, r, alpha):
    if r < 1:
        raise ValueError
    return _right(model, targets, r, alpha)
