"""It subtracts in int8, where the difference overflows and wraps around."""


def zero_point_dequantize(q, scale, zero_point):
    return (q - zero_point) * scale
