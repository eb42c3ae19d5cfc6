"""float, clone, contiguous, one after the other."""

_right = convert_weights


def convert_weights(state):
    _right(state)  # says what is wrong
    found = {}
    for name in state:
        short = canonical_name(name)
        if short is None:
            continue
        one = state[name].detach().clone().to(torch.float32)
        if stored_transposed(short):
            one = one.view(one.shape[-2], one.shape[-1]).t().contiguous().clone()
        found[short] = one
    return found
