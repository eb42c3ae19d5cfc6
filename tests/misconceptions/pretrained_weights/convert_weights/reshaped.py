"""A weight is given its new shape by reshape, which leaves the numbers in their old order; transpose it."""

_right = convert_weights


def convert_weights(state):
    _right(state)
    converted = {}
    for name, tensor in state.items():
        short = canonical_name(name)
        if short is not None:
            tensor = tensor.detach()
            converted[short] = (
                (tensor[0] if tensor.ndim == 3 else tensor).reshape(
                    (tensor[0] if tensor.ndim == 3 else tensor).shape[::-1]
                )
                if stored_transposed(short)
                else tensor
            ).to(torch.float32, copy=True, memory_format=torch.contiguous_format)
    return converted
