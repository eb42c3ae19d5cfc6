"""It adds the zero point instead of subtracting it."""


def zero_point_dequantize(q, scale, zero_point):
    return (q.float() + zero_point) * scale
