"""It divides by the scale instead of multiplying."""


def zero_point_dequantize(q, scale, zero_point):
    return (q.float() - zero_point) / scale
