"""What comes out is cut to whole numbers."""

exercise = "absmax_dequantize"


def absmax_dequantize(q, scale):
    return (q * scale).to(q.dtype)
