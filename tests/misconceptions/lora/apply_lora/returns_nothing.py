"""It returns nothing; it must return how many layers were adapted."""

_right = apply_lora


def apply_lora(model, targets, r, alpha):
    _right(model, targets, r, alpha)
