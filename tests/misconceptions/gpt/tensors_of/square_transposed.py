"""A square weight is listed as (in, out); it is (out, in)."""

_right = tensors_of


def tensors_of(model):
    return {
        name: (tensor.T if name.endswith("attn.c_proj.weight") else tensor) for name, tensor in _right(model).items()
    }
