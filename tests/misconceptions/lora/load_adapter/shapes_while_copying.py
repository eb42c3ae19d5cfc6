"""After an error the adapter is loaded in part."""

_right = load_adapter


def load_adapter(model, state):
    own = {name: tensor for name, tensor in model.named_parameters() if tensor.requires_grad}
    if own.keys() != state.keys():
        return _right(model, state)
    for name, tensor in own.items():
        if tensor.shape != state[name].shape:
            raise ValueError(f"{name} has another shape: call apply_lora with the targets and the rank of this adapter")
        with torch.no_grad():
            tensor.copy_(state[name])
