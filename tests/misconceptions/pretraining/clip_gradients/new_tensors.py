"""The clipped gradients are new tensors; they are to be changed in place."""


def clip_gradients(parameters, max_norm):
    parameters = [parameter for parameter in parameters if parameter.grad is not None]
    norm = sum(parameter.grad.square().sum().item() for parameter in parameters) ** 0.5
    if norm > max_norm:
        for parameter in parameters:
            parameter.grad = parameter.grad * (max_norm / norm)
    return norm
