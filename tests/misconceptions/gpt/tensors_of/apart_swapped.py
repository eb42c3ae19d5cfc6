"""Queries, keys and values have one another's names."""

_right = tensors_of


def tensors_of(model):
    found = _right(model)
    for name in [name for name in found if "c_attn" in name]:
        for letter, part in zip("kqv", found.pop(name).chunk(3), strict=False):
            found[name.replace("c_attn", letter)] = part
    return found
