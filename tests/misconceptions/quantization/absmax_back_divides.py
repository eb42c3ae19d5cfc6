"""It divides by the scale instead of multiplying."""

exercise = "absmax_dequantize"


def absmax_dequantize(q, scale):
    return q.float() / scale
