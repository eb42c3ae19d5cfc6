"""It changes the model that it only has to count."""

_right = adaptation_fraction


def adaptation_fraction(model, method, num_classes=2, r=8):
    model.zero_grad()
    return _right(model, method, num_classes, r)
