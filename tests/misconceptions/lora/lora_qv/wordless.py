"""lora_qv with r = 0 raises ValueError without a message; it must say what is wrong."""

_right = lora_qv


def lora_qv(model, r, alpha):
    if r < 1:
        raise ValueError
    return _right(model, r, alpha)
