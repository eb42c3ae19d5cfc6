"""A tensor of another shape is loaded without an error."""

_right = load_adapter


def load_adapter(model, state):
    own = dict(model.named_parameters())
    for name, tensor in state.items():
        if name in own and tensor.shape != own[name].shape and tensor.shape == own[name].T.shape:
            state = {**state, name: tensor.T}
    _right(model, state)
