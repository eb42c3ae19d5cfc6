"""An adapter of another rank is loaded without an error."""


def load_adapter(model, state):
    own = {name: tensor for name, tensor in model.named_parameters() if tensor.requires_grad}
    if own.keys() != state.keys():
        raise ValueError("the names differ")
    with torch.no_grad():
        for name, tensor in own.items():
            tensor.copy_(state[name])
