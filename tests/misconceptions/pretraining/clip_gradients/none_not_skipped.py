"""A parameter without a gradient is not skipped."""


def clip_gradients(parameters, max_norm):
    gradients = [parameter.grad for parameter in parameters]
    if not gradients:
        return 0.0
    norm = torch.stack([gradient.norm() for gradient in gradients]).norm().item()
    if norm > max_norm:
        for gradient in gradients:
            gradient.mul_(max_norm / norm)
    return norm
