"""The adapters have dropout, which acts in train mode; apply_lora's have none."""

_right = apply_lora


def apply_lora(model, targets, r, alpha):
    count = _right(model, targets, r, alpha)
    for layer in model.modules():
        if isinstance(layer, LoRALinear):
            layer.dropout.p = 0.1
    return count
