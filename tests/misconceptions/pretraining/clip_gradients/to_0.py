"""Gradients that are too long are set to 0; they are scaled."""


def clip_gradients(parameters, max_norm):
    gradients = [parameter.grad for parameter in parameters if parameter.grad is not None]
    if not gradients:
        return 0.0
    norm = torch.stack([gradient.norm() for gradient in gradients]).norm().item()

    if norm > max_norm:
        for gradient in gradients:
            gradient.zero_()
    return norm
