"""A tensor of the result is a view of the checkpoint: who writes into it changes the checkpoint."""

_right = convert_weights


def convert_weights(state):
    _right(state)
    converted = {}
    for name, tensor in state.items():
        short = canonical_name(name)
        if short is not None:
            tensor = tensor.detach()
            converted[short] = (
                ((tensor[0] if tensor.ndim == 3 else tensor).T if stored_transposed(short) else tensor)
                .float()
                .contiguous()
            )
    return converted
