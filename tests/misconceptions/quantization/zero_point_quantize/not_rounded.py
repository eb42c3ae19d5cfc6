"""The codes are rounded with an unrounded zero point in them, so 0 does not come back as 0."""


def zero_point_quantize(w):
    w = w.float()
    low, high = w.min().clamp(max=0), w.max().clamp(min=0)
    scale = (high - low) / 255
    scale = torch.where(scale == 0, 1.0, scale)
    zero_point = (-128 - low / scale).round().clamp(-128, 127)
    q = (((w - low) / scale).round() - 128).clamp(-128, 127).to(torch.int8)
    return q, scale, zero_point.to(torch.int32)
