"""The bias of attn.c_attn is left out like a mask."""

_right = convert_weights


def convert_weights(state):
    return {name: one for name, one in _right(state).items() if not name.endswith("attn.c_attn.bias")}
