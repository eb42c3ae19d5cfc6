"""What a head or an adapter adds is counted among the model's own numbers."""

_right = adaptation_fraction


def adaptation_fraction(model, method, num_classes=2, r=8):
    fraction = _right(model, method, num_classes, r)
    return fraction if fraction == 1 else fraction / (1 + fraction)
