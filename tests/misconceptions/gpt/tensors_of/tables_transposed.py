"""A weight is listed as (in, out); it is (out, in), so list its transposed view."""

_right = tensors_of


def tensors_of(model):
    return {name: (tensor.T if name[:2] in ("wt", "wp") else tensor) for name, tensor in _right(model).items()}
