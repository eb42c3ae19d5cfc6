"""It switches gradients on, although they were off before."""

_right = accuracy


def accuracy(model, loader):
    fraction = _right(model, loader)
    torch.set_grad_enabled(True)
    return fraction
