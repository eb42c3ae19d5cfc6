"""The model is half loaded when the error comes."""

_right = load_into


def load_into(model, state, tensors_of):
    tensors = tensors_of(model)
    with torch.no_grad():
        for name in ("ln_f.weight", "wte.weight"):
            if name in state and state[name].shape == tensors[name].shape:
                tensors[name].copy_(state[name])
    _right(model, state, tensors_of)
