"""All rows and columns get the mean of the scales."""


def absmax_dequantize(q, scale):
    return q.float() * scale.mean()
