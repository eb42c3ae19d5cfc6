"""It gives percent instead of a fraction."""

_right = adaptation_fraction


def adaptation_fraction(model, method, num_classes=2, r=8):
    return 100 * _right(model, method, num_classes, r)
