"""The zero point is not used."""

exercise = "zero_point_dequantize"


def zero_point_dequantize(q, scale, zero_point):
    return q.float() * scale
