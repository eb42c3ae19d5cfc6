"""The error doesn't name the method that doesn't exist."""

_right = adaptation_fraction


def adaptation_fraction(model, method, num_classes=2, r=8):
    if method not in SPECTRUM:
        raise ValueError("use one of SPECTRUM")
    return _right(model, method, num_classes, r)
