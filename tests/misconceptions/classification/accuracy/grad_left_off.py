"""It leaves gradients switched off afterwards."""

_right = accuracy


def accuracy(model, loader):
    torch.set_grad_enabled(False)
    return _right(model, loader)
