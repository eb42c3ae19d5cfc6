"""Where the method is none, nothing is trained."""

_right = adaptation_fraction


def adaptation_fraction(model, method, num_classes=2, r=8):
    return 1.0 if method == "none" else _right(model, method, num_classes, r)
