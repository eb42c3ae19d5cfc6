"""It truncates instead of rounding to the nearest code."""


def zero_point_quantize(w):
    w = w.float()
    low, high = w.min().clamp(max=0), w.max().clamp(min=0)
    scale = (high - low) / 255
    scale = torch.where(scale == 0, 1.0, scale)
    zero_point = (-128 - low / scale).trunc().clamp(-128, 127)
    q = ((w / scale).trunc() + zero_point).clamp(-128, 127).to(torch.int8)
    return q, scale, zero_point.to(torch.int32)
