"""Two tensors of the result share their memory."""

_right = convert_weights


def convert_weights(state):
    right, made = _right(state), {}
    for name, tensor in state.items():
        short = canonical_name(name)
        if short is not None:
            right[short] = made.setdefault((tensor.data_ptr(), tensor.shape), right[short])
    return right
