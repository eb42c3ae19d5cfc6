"""Lets load_state_dict do the copying, after looking at the names and shapes itself."""


def load_adapter(model, state):
    shapes = {name: tensor.shape for name, tensor in model.named_parameters() if tensor.requires_grad}
    if shapes != {name: tensor.shape for name, tensor in state.items()}:
        raise ValueError("the adapter does not fit: call apply_lora with the same targets and rank first")
    model.load_state_dict(state, strict=False)
