"""The range is not extended to 0, so the zero point is cut off and everything is shifted."""


def zero_point_quantize(w):
    w = w.float()
    low, high = w.min(), w.max()
    scale = (high - low) / 255
    scale = torch.where(scale == 0, 1.0, scale)
    zero_point = (-128 - low / scale).round().clamp(-128, 127)
    q = ((w / scale).round() + zero_point).clamp(-128, 127).to(torch.int8)
    return q, scale, zero_point.to(torch.int32)
