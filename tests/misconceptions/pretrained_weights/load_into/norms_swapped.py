"""The two norms of a block change places."""

also = ("The message leaves out names of tensors that don't fit.",)

_right = load_into


def load_into(model, state, tensors_of):
    def swap(name):
        return name.replace("ln_1", "*").replace("ln_2", "ln_1").replace("*", "ln_2")

    return _right(model, {swap(name): one for name, one in state.items()}, tensors_of)
