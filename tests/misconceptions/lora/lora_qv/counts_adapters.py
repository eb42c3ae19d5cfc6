"""lora_qv returns the number of adapters, not of blocks."""

_right = lora_qv


def lora_qv(model, r, alpha):
    return 2 * _right(model, r, alpha)
