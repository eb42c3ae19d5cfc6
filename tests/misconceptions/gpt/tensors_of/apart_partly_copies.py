"""Some of what is listed is a copy, or isn't what the model uses: filled in place, it doesn't give what those numbers give."""

_right = tensors_of


def tensors_of(model):
    found = _right(model)
    for name in list(found):
        if "c_attn" in name:
            for letter, part in zip("qkv", found.pop(name).chunk(3)):
                found[name.replace("c_attn", letter)] = part.clone()
    return found
