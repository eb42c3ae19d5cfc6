"""It writes while gradients are recorded, which PyTorch refuses; use torch.no_grad()."""

_right = load_into


def load_into(model, state, tensors_of):
    [one for one in model.parameters() if not one.requires_grad]
    _right(model, state, tensors_of)
    for name, one in tensors_of(model).items():
        if name in state:
            one.copy_(state[name])
