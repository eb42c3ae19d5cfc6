"""What comes out carries a graph, or is a parameter."""

_right = convert_weights


def convert_weights(state):
    _right(state)
    converted = {}
    for name, tensor in state.items():
        short = canonical_name(name)
        if short is not None:
            tensor = tensor.reshape(tensor.shape[-2:]).T if stored_transposed(short) else tensor
            converted[short] = tensor.to(torch.float32, copy=True, memory_format=torch.contiguous_format)
    return converted
