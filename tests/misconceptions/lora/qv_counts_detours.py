"""lora_qv returns the number of detours, not of blocks."""

exercise = "lora_qv"
_right = lora_qv


def lora_qv(model, r, alpha):
    return 2 * _right(model, r, alpha)
