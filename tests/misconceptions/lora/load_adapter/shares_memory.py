"""The model shares memory with the state it was loaded from, so training changes the saved one."""

_right = load_adapter


def load_adapter(model, state):
    _right(model, state)
    for name, tensor in model.named_parameters():
        if tensor.requires_grad:
            tensor.data = state[name]
