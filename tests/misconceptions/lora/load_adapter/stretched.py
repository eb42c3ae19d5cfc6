"""An adapter of another rank is loaded without an error."""

also = (
    "load_adapter must reject an adapter that does not fit with a ValueError.",  # copy_ raises RuntimeError otherwise
    "The error for an adapter that does not fit does not say to call apply_lora.",  # of names it says that they differ
)


def load_adapter(model, state):
    own = {name: tensor for name, tensor in model.named_parameters() if tensor.requires_grad}
    if own.keys() != state.keys():
        raise ValueError(f"the names differ: {min(own.keys() ^ state.keys())}")
    with torch.no_grad():
        for name, tensor in own.items():
            tensor.copy_(state[name])
