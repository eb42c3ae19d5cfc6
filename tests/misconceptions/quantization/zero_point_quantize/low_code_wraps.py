"""A code that rounding takes below -128 wraps around; limit codes to -128 to 127."""


def zero_point_quantize(w):
    w = w.float()
    low, high = w.min().clamp(max=0), w.max().clamp(min=0)
    scale = (high - low) / 255
    scale = torch.where(scale == 0, 1.0, scale)
    zero_point = (-128 - low / scale).round().clamp(-128, 127)
    codes = ((w / scale).round() + zero_point).clamp(max=127).to(torch.int32)
    return codes.to(torch.int8), scale, zero_point.to(torch.int32)
