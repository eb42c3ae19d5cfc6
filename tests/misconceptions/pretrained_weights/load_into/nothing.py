"""Nothing is written into the model."""

import copy

_right = load_into


def load_into(model, state, tensors_of):
    _right(copy.deepcopy(model), state, tensors_of)
