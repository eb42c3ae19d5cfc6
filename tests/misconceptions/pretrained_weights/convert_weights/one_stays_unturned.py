"""OpenAI's weights keep their 1 and are not transposed."""

_right = convert_weights


def convert_weights(state):
    _right(state)
    converted = {}
    for name, tensor in state.items():
        short = canonical_name(name)
        if short is not None:
            tensor = tensor.detach()
            converted[short] = (tensor.T if stored_transposed(short) and tensor.ndim == 2 else tensor).to(
                torch.float32, copy=True, memory_format=torch.contiguous_format
            )
    return converted
