"""Measuring clears the model's gradients."""

_right = accuracy


def accuracy(model, loader):
    model.zero_grad()
    return _right(model, loader)
