"""The zero point comes in a floating-point dtype; it is a code, a whole number."""


def zero_point_quantize(w):
    w = w.float()
    low, high = w.min().clamp(max=0), w.max().clamp(min=0)
    scale = (high - low) / 255
    scale = torch.where(scale == 0, 1.0, scale)
    zero_point = -128 - low / scale
    q = ((w / scale).round() + zero_point).clamp(-128, 127).to(torch.int8)
    return q, scale, zero_point
