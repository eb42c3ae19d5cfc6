"""A dimension of 1 is lost; what comes out has the shape of q."""

_right = zero_point_dequantize


def zero_point_dequantize(q, scale, zero_point):
    return _right(q, scale, zero_point).squeeze()
