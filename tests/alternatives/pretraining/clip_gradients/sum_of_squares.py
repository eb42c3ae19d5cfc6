"""Squares added up in Python, in double precision."""


def clip_gradients(parameters, max_norm):
    found, squares = [], 0.0
    for parameter in parameters:
        if parameter.grad is None:
            continue
        found.append(parameter.grad)
        squares += float(parameter.grad.double().pow(2).sum())
    norm = math.sqrt(squares)
    if norm >= max_norm:
        for gradient in found:
            gradient /= norm / max_norm
    return norm
