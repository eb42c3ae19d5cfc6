"""It gives back the codes."""


def absmax_dequantize(q, scale):
    return q.float()
