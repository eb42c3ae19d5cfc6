"""The parameters are gone through twice; the second time there may be none."""


def clip_gradients(parameters, max_norm):
    norm = sum(parameter.grad.square().sum().item() for parameter in parameters if parameter.grad is not None) ** 0.5
    if norm > max_norm:
        for parameter in parameters:
            if parameter.grad is not None:
                parameter.grad.mul_(max_norm / norm)
    return norm
