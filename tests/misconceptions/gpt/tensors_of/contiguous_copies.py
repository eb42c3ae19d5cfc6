"""A part of what is listed is a copy, or not what the model uses: filled, it changes too little."""

_right = tensors_of


def tensors_of(model):
    return {
        name: (tensor.T.clone().T if name.endswith("attn.c_proj.weight") else tensor)
        for name, tensor in _right(model).items()
    }
