"""Each tensor is clipped by its own norm; one norm counts for all."""


def clip_gradients(parameters, max_norm):
    gradients = [parameter.grad for parameter in parameters if parameter.grad is not None]
    if not gradients:
        return 0.0
    norm = torch.stack([gradient.norm() for gradient in gradients]).norm().item()

    for gradient in gradients:
        own = gradient.norm().item()
        if own > max_norm:
            gradient.mul_(max_norm / own)
    return norm
