"""A weight is listed as (in, out); it is (out, in), so list its transposed view."""

_right = tensors_of


def tensors_of(model):
    return {
        name: (tensor.T if tensor.ndim == 2 and name[:2] == "h." else tensor) for name, tensor in _right(model).items()
    }
