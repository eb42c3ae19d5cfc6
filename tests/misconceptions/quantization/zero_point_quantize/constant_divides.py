"""A constant input gives a scale that is zero or not finite."""


def zero_point_quantize(w):
    w = w.float()
    low, high = w.min().clamp(max=0), w.max().clamp(min=0)
    scale = (high - low) / 255
    zero_point = (-128 - low / scale).nan_to_num().round().clamp(-128, 127)
    q = ((w / scale).round() + zero_point).clamp(-128, 127).to(torch.int8)
    return q, scale, zero_point.to(torch.int32)
