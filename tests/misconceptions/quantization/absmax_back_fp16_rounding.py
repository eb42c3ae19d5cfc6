"""What comes out has fp16's rounding in it."""

exercise = "absmax_dequantize"


def absmax_dequantize(q, scale):
    return (q.half() * scale.half()).float()
