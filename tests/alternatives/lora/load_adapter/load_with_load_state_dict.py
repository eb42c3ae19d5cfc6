"""Lets load_state_dict do the copying, after looking at the names and shapes itself."""


def load_adapter(model, state):
    shapes = {name: tensor.shape for name, tensor in model.named_parameters() if tensor.requires_grad}
    differ = set(shapes.items()) ^ {(name, tensor.shape) for name, tensor in state.items()}
    if differ:
        raise ValueError(f"{differ} does not fit: call apply_lora with the same targets and rank first")
    model.load_state_dict(state, strict=False)
