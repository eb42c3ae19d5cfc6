"""The gain multiplies x before the norm."""

_right = normalize_layer


def normalize_layer(x, gain, bias, eps=1e-05):
    return _right(x * gain, torch.ones_like(gain), bias, eps)
