"""lora_qv freezes the model before it finds that there is no c_attn; an error must leave it as it was."""

_right = lora_qv


def lora_qv(model, r, alpha):
    if r >= 1:
        model.requires_grad_(False)
    return _right(model, r, alpha)
