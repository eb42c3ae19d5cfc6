"""The rank 1 is rejected; only an r below 1 is an error."""

_right = apply_lora


def apply_lora(model, targets, r, alpha):
    if r <= 1:
        raise ValueError("r must be greater than 1")
    return _right(model, targets, r, alpha)
