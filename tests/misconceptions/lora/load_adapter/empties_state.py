"""Loading changes the state it loads from, so that it can't be loaded again."""

_right = load_adapter


def load_adapter(model, state):
    _right(model, state)
    for name in list(state):
        state.pop(name)
