"""The rank 1 is rejected; only an r below 1 is an error."""

_right = lora_qv


def lora_qv(model, r, alpha):
    if r <= 1:
        raise ValueError("r must be greater than 1")
    return _right(model, r, alpha)
