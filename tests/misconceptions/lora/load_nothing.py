"""load_adapter leaves the model as it was."""

exercise = "load_adapter"
_right = load_adapter


def load_adapter(model, state):
    import copy

    _right(copy.deepcopy(model), state)
