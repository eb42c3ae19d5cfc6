"""The model's adapters are multiplied by alpha but not divided by r."""

_right = apply_lora


def apply_lora(model, targets, r, alpha):
    return _right(model, targets, r, r * alpha)  # LoRALinear is taken to want the finished factor
