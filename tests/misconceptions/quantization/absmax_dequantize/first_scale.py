"""Only the first scale is used."""


def absmax_dequantize(q, scale):
    return q.float() * scale.flatten()[0]
