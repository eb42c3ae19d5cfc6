"""The dtype of the checkpoint is kept; the result is float32."""

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
                .clone(memory_format=torch.contiguous_format)
                .to(tensor.dtype if tensor.dtype.itemsize == 2 else torch.float32)
            )
    return converted
