"""An adapter with an extra tensor is loaded without an error."""

_right = load_adapter


def load_adapter(model, state):
    own = {name for name, tensor in model.named_parameters() if tensor.requires_grad}
    return _right(model, {name: tensor for name, tensor in state.items() if name in own})
