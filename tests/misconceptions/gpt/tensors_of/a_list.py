"""tensors_of must give a dict from names to tensors."""

_right = tensors_of


def tensors_of(model):
    return list(_right(model).items())
