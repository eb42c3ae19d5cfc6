"""A part of what is listed is a copy, or not what the model uses: filled, it changes too little."""

_right = tensors_of


def tensors_of(model):
    found = _right(model)
    for name in list(found):
        if "c_attn" in name:
            for letter, part in zip("qkv", found.pop(name).chunk(3), strict=False):
                found[name.replace("c_attn", letter)] = part.clone()
    return found
