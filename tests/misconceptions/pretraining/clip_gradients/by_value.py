"""Numbers are clipped one by one; all are scaled by the same factor."""


def clip_gradients(parameters, max_norm):
    gradients = [parameter.grad for parameter in parameters if parameter.grad is not None]
    if not gradients:
        return 0.0
    norm = torch.stack([gradient.norm() for gradient in gradients]).norm().item()

    for gradient in gradients:
        gradient.clamp_(-max_norm, max_norm)
    return norm
