"""It multiplies before it subtracts: scale · q - zero_point."""


def zero_point_dequantize(q, scale, zero_point):
    return q.float() * scale - zero_point
