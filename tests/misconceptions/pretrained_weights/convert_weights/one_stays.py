"""The 1 in front of OpenAI's weights stays."""

_right = convert_weights


def convert_weights(state):
    _right(state)
    converted = {}
    for name, tensor in state.items():
        short = canonical_name(name)
        if short is not None:
            tensor = tensor.detach()
            converted[short] = (tensor.mT if stored_transposed(short) else tensor).to(
                torch.float32, copy=True, memory_format=torch.contiguous_format
            )
    return converted
