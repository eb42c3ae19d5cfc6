"""It computes in fp16, whose rounding is in the result."""


def zero_point_dequantize(q, scale, zero_point):
    return (scale * (q.half() - zero_point.half())).float()
