"""What stands in the head is taken for the table of tokens."""

_right = convert_weights


def convert_weights(state):
    right = _right(state)
    if "lm_head.weight" in state:
        right["wte.weight"] = state["lm_head.weight"].detach().float().clone()
    return right
