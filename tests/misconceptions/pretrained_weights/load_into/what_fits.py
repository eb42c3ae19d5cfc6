"""A tensor of another shape is loaded; it is a ValueError."""

also = (
    "The message leaves out names of tensors that don't fit.",
    "A tensor that copy_ can stretch is loaded; its shape is another, so it is a ValueError.",
)

_right = load_into


def load_into(model, state, tensors_of):
    tensors = tensors_of(model)
    full = dict(state)
    for name, one in tensors.items():
        if name in full and full[name].shape != one.shape and full[name].numel() > 1:
            full[name] = one.detach().clone()
    _right(model, full, tensors_of)
