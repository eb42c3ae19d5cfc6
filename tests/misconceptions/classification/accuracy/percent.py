"""It gives a percentage; it must give a fraction from 0 to 1."""

_right = accuracy


def accuracy(model, loader):
    return 100 * _right(model, loader)
