"""What is transposed is chosen by shape, so that the square attn.c_proj stays as it was."""

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
                if stored_transposed(short) and tensor.shape[-1] != tensor.shape[-2]
                else (tensor[0] if tensor.ndim == 3 else tensor)
            ).to(torch.float32, copy=True, memory_format=torch.contiguous_format)
    return converted
