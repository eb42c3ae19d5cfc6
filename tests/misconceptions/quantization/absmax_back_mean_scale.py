"""All rows and columns get the mean of the scales."""

exercise = "absmax_dequantize"


def absmax_dequantize(q, scale):
    return q.float() * scale.mean()
