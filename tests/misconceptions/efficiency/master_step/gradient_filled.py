"""The step fills in the gradient of a weight or a master; it only reads gradients."""

_right = master_step


def master_step(weights, masters, gradients, lr):
    for weight, gradient in zip(weights, gradients, strict=True):
        weight.grad = None if gradient is None else gradient.detach().to(weight.dtype)
    _right(weights, masters, gradients, lr)
