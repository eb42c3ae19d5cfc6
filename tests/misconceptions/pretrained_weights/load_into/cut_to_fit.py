"""A tensor of another shape is loaded; it is a ValueError."""

also = ("The message leaves out names of tensors that don't fit.",)

_right = load_into


def load_into(model, state, tensors_of):
    tensors = tensors_of(model)
    full = dict(state)
    for name, one in tensors.items():
        if name in full and full[name].numel() > one.numel():
            full[name] = full[name].flatten()[: one.numel()].view(one.shape)
    _right(model, full, tensors_of)
