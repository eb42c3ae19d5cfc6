"""The same comes back, whatever is given."""

_found = {}


def predict_loss(size, a, alpha):
    return _found.setdefault(0, a * size**-alpha)
