"""Numbers are added to those that were there."""

_right = load_into


def load_into(model, state, tensors_of):
    before = {name: one.detach().clone() for name, one in tensors_of(model).items()}
    _right(model, state, tensors_of)
    with torch.no_grad():
        for name, one in tensors_of(model).items():
            one.add_(before[name])
