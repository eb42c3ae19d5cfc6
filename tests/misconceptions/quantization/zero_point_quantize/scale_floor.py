"""The scale has a floor, so tiny weights are lost."""


def zero_point_quantize(w):
    w = w.float()
    low, high = w.min().clamp(max=0), w.max().clamp(min=0)
    scale = (high - low) / 255
    scale = scale.clamp(min=1e-8)
    zero_point = (-128 - low / scale).round().clamp(-128, 127)
    q = ((w / scale).round() + zero_point).clamp(-128, 127).to(torch.int8)
    return q, scale, zero_point.to(torch.int32)
