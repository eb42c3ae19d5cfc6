"""It gives back the codes."""

exercise = "absmax_dequantize"


def absmax_dequantize(q, scale):
    return q.float()
