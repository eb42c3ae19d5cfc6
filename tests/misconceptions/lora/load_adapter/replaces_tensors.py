"""Loading replaces the parameters, so an optimizer that was made before trains tensors that nobody uses."""

_right = load_adapter


def load_adapter(model, state):
    _right(model, state)
    for name in state:
        layer, _, attribute = name.rpartition(".")
        setattr(model.get_submodule(layer), attribute, nn.Parameter(state[name].clone()))
