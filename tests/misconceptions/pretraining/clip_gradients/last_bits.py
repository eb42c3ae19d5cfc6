"""Gradients that are short enough are changed in their last bits."""


def clip_gradients(parameters, max_norm):
    gradients = [parameter.grad for parameter in parameters if parameter.grad is not None]
    if not gradients:
        return 0.0
    norm = torch.stack([gradient.norm() for gradient in gradients]).norm().item()

    for gradient in gradients:
        if norm > max_norm:
            gradient.mul_(max_norm / norm)
        elif norm:
            gradient.div_(norm).mul_(norm).mul_(1 + 2e-7)
    return norm
