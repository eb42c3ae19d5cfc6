"""A state that lacks a tensor of the model is loaded; it is a ValueError."""

also = ("The message leaves out names of tensors that don't fit.",)

_right = load_into


def load_into(model, state, tensors_of):
    tensors = tensors_of(model)
    full = dict(state)
    for name, one in tensors.items():
        fused = re.sub(r"\.[qkv]\.", ".c_attn.", name)
        if fused == name and name not in state:
            full[name] = one.detach().clone()
        elif fused not in state:
            full[fused] = torch.cat([tensors[fused.replace("c_attn", letter)].detach() for letter in "qkv"])
    _right(model, full, tensors_of)
