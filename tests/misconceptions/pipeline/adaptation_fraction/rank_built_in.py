"""The rank is not used."""

_right = adaptation_fraction


def adaptation_fraction(model, method, num_classes=2, r=8):
    return _right(model, method, num_classes, 8)
