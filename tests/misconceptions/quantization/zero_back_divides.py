"""It divides by the scale instead of multiplying."""

exercise = "zero_point_dequantize"


def zero_point_dequantize(q, scale, zero_point):
    return (q.float() - zero_point) / scale
