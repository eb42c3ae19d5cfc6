"""Calling tensors_of changes the model."""

_right = tensors_of


def tensors_of(model):
    with torch.no_grad():
        model.norm.weight *= 1.01
    return _right(model)
