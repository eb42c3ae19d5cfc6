"""It subtracts in int8, where the difference overflows and wraps around."""

exercise = "zero_point_dequantize"


def zero_point_dequantize(q, scale, zero_point):
    return (q - zero_point) * scale
