"""tensors_of must give a dict from names to tensors."""

_right = tensors_of


def tensors_of(model):
    _right(model)
