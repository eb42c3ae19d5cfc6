"""A state with a tensor that the model doesn't have is loaded; it is a ValueError."""

also = ("The message leaves out names of tensors that don't fit.",)

_right = load_into


def load_into(model, state, tensors_of):
    tensors = tensors_of(model)
    names = {re.sub(r"\.[qkv]\.", ".c_attn.", name) for name in tensors}
    _right(model, {name: one for name, one in state.items() if name in names}, tensors_of)
