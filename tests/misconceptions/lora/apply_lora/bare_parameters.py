"""Weights of the model itself are still trainable."""

_right = apply_lora


def apply_lora(model, targets, r, alpha):
    own = [
        (tensor, tensor.requires_grad)
        for layer in model.modules()
        for tensor in layer._parameters.values()
        if tensor is not None and not hasattr(layer, "weight")
    ]
    count = _right(model, targets, r, alpha)
    for tensor, trainable in own:  # of no layer that it knows
        tensor.requires_grad_(trainable)
    return count
