"""The state is changed."""

_right = load_into


def load_into(model, state, tensors_of):
    _right(model, state, tensors_of)
    for name in list(state):
        if ".c_attn." in name:
            del state[name]
