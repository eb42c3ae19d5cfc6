"""Calling tensors_of changes the model."""

_right = tensors_of


def tensors_of(model):
    model.train()
    return _right(model)
