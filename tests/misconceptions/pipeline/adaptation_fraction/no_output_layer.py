"""An output layer that is not tied has parameters of its own, which are left out."""

_right = adaptation_fraction


def adaptation_fraction(model, method, num_classes=2, r=8):
    return _right(getattr(model, "transformer", model), method, num_classes, r) if method != "none" else 0.0
