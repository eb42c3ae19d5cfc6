"""More is listed than the model's parameters by GPT-2's names."""

_right = tensors_of


def tensors_of(model):
    found = _right(model)
    for name in [name for name in found if "c_attn" in name]:
        for letter, part in zip("qkv", found[name].chunk(3), strict=False):
            found[name.replace("c_attn", letter)] = part
    return found
