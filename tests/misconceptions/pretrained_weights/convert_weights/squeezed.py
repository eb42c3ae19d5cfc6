"""Every size of 1 is taken away, not only the 1 in front of OpenAI's weights."""

_right = convert_weights


def convert_weights(state):
    _right(state)
    converted = {}
    for name, tensor in state.items():
        short = canonical_name(name)
        if short is not None:
            tensor = tensor.detach()
            converted[short] = (
                tensor.squeeze().T if stored_transposed(short) and tensor.squeeze().ndim == 2 else tensor.squeeze()
            ).to(torch.float32, copy=True, memory_format=torch.contiguous_format)
    return converted
