"""Dimensions of size 1 are dropped; they must stay."""

_right = normalize_layer


def normalize_layer(x, gain, bias, eps=1e-05):
    return _right(x, gain, bias, eps).squeeze()
