"""The accuracy must be a plain float."""

_right = accuracy


def accuracy(model, loader):
    return torch.tensor(_right(model, loader))
