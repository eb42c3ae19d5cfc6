"""Everything outside c_attn is still trainable."""

_right = lora_qv


def lora_qv(model, r, alpha):
    count = _right(model, r, alpha)
    for name, tensor in model.named_parameters():
        if "c_attn" not in name:
            tensor.requires_grad_(True)
    return count
