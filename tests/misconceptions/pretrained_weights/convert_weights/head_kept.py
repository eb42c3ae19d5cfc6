"""The head is kept among the weights, beside the table that it is tied to."""

_right = convert_weights


def convert_weights(state):
    right = _right(state)
    if "lm_head.weight" in state:
        right["lm_head.weight"] = state["lm_head.weight"].detach().float().clone()
    return right
