"""A frozen parameter can be trained afterwards, or the other way round."""

_right = load_into


def load_into(model, state, tensors_of):
    _right(model, state, tensors_of)
    model.requires_grad_(True)
