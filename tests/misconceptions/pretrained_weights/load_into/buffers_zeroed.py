"""Buffers are changed."""

_right = load_into


def load_into(model, state, tensors_of):
    _right(model, state, tensors_of)
    with torch.no_grad():
        for one in model.buffers():
            one.zero_()
