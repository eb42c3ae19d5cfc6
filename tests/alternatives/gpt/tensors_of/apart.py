"""Queries, keys and values as slices, detached: they share the memory all the same."""

_right = tensors_of


def tensors_of(model):
    found = {}
    for name, tensor in _right(model).items():
        if "c_attn" in name:
            for letter, part in zip("qkv", tensor.detach().chunk(3), strict=True):
                found[name.replace("c_attn", letter)] = part
        else:
            found[name] = tensor.data
    return found
