"""After an error the adapter is loaded in part."""

also = (
    "The error for an adapter that does not fit does not say to call apply_lora.",
)  # its message names the tensor only


def load_adapter(model, state):
    own = {name: tensor for name, tensor in model.named_parameters() if tensor.requires_grad}
    with torch.no_grad():
        for name, tensor in own.items():
            if name not in state or state[name].shape != tensor.shape:
                raise ValueError(f"{name} does not fit")
            tensor.copy_(state[name])
    if state.keys() - own.keys():
        raise ValueError("tensors too many")
