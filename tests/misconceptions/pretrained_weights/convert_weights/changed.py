"""The checkpoint itself is changed."""

_right = convert_weights


def convert_weights(state):
    right = _right(state)
    for name, tensor in state.items():
        if canonical_name(name) == "ln_f.bias":
            tensor.detach().zero_()
    return right
