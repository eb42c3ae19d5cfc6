"""Masks are kept among the weights."""

_right = convert_weights


def convert_weights(state):
    right = _right(state)
    for name, tensor in state.items():
        short = name.removeprefix("transformer.")
        if canonical_name(name) is None and short != "lm_head.weight":
            right[short] = tensor.float().clone()
    return right
