"""The model is half loaded when the error comes."""

_right = load_into


def load_into(model, state, tensors_of):
    try:
        _right(model, state, tensors_of)
    except ValueError:
        with torch.no_grad():
            for name, one in tensors_of(model).items():
                if name in state and state[name].shape == one.shape:
                    one.copy_(state[name])
        raise
