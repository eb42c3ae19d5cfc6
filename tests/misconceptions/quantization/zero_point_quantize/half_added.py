"""Numbers below zero are not rounded to the nearest code: 0.5 is added and the rest cut off."""


def zero_point_quantize(w):
    w = w.float()
    low = w.min().clamp(max=0)
    high = w.max().clamp(min=0)
    scale = (high - low) / 255
    if scale == 0:
        scale = torch.ones_like(scale)
    zero_point = (-128 - low / scale + 0.5).trunc().clamp(-128, 127)
    q = ((w / scale + 0.5).trunc() + zero_point).clamp(-128, 127)
    return q.to(torch.int8), scale, zero_point.to(torch.int64)
