"""All gradients as one vector; the factor is never above 1."""


def clip_gradients(parameters, max_norm):
    parameters = tuple(parameter for parameter in parameters if parameter.grad is not None)
    if not parameters:
        return 0.0
    norm = torch.cat([parameter.grad.flatten() for parameter in parameters]).norm()
    factor = torch.clamp(max_norm / (norm + 1e-6), max=1.0)
    for parameter in parameters:
        parameter.grad.copy_(parameter.grad * factor)
    return norm.item()
