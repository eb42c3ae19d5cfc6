"""as_linear changes the layer that it only has to read."""

_right = as_linear


def as_linear(layer, d_in):
    return _right(layer.requires_grad_(False), d_in)
