"""Only the first scale is used."""

exercise = "absmax_dequantize"


def absmax_dequantize(q, scale):
    return q.float() * scale.flatten()[0]
