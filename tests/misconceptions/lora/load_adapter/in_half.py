"""The output after loading"""

_right = load_adapter


def load_adapter(model, state):
    _right(model, {name: tensor.half() for name, tensor in state.items()})
