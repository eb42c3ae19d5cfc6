"""lora_qv of a model without c_attn must raise ValueError."""

_right = lora_qv


def lora_qv(model, r, alpha):
    return _right(model, r, alpha) if any("c_attn" in name for name, _ in model.named_modules()) else 0
