"""A part of what is listed is a copy, or not what the model uses: filled, it changes too little."""

_right = tensors_of


def tensors_of(model):
    return {
        name: (tensor.clone() if name.endswith("attn.c_attn.bias") else tensor)
        for name, tensor in _right(model).items()
    }
