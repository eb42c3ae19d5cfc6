"""Subtracts two products."""


def zero_point_dequantize(q, scale, zero_point):
    return (scale.double() * q - scale.double() * zero_point).float()
