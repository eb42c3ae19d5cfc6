"""Only block 0 is transposed."""

_right = convert_weights


def convert_weights(state):
    _right(state)
    converted = {}
    for name, tensor in state.items():
        short = canonical_name(name)
        if short is not None:
            tensor = tensor.detach()
            converted[short] = (
                (tensor[0] if tensor.ndim == 3 else tensor).T
                if stored_transposed(short) and "h.0." in short
                else (tensor[0] if tensor.ndim == 3 else tensor)
            ).to(torch.float32, copy=True, memory_format=torch.contiguous_format)
    return converted
