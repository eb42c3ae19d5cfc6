"""What is listed has dtype float64, not float32."""

_right = tensors_of


def tensors_of(model):
    return {name: tensor.double() for name, tensor in _right(model).items()}
