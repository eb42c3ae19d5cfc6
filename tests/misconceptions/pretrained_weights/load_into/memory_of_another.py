"""A parameter gets the memory of another tensor; write into its own."""

_right = load_into


def load_into(model, state, tensors_of):
    _right(model, state, tensors_of)
    for one in model.parameters():
        one.data = one.data.clone()
