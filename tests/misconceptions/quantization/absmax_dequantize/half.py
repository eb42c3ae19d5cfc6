"""What comes out is in 16 bits; it must be fp32."""


def absmax_dequantize(q, scale):
    return q.half() * scale.half()
