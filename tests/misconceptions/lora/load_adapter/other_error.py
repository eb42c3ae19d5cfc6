"""load_adapter must reject an adapter that does not fit with a ValueError."""


def load_adapter(model, state):
    own = {name: tensor for name, tensor in model.named_parameters() if tensor.requires_grad}
    with torch.no_grad():
        for name in {**own, **state}:
            assert own[name].shape == state[name].shape
        for name, tensor in own.items():
            tensor.copy_(state[name])
