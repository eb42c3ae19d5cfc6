"""The codes run from 0 to 255; they must fit into int8, from -128 to 127."""


def zero_point_quantize(w):
    w = w.float()
    low, high = w.min().clamp(max=0), w.max().clamp(min=0)
    scale = (high - low) / 255
    scale = torch.where(scale == 0, 1.0, scale)
    zero_point = (-low / scale).round().clamp(0, 255)
    q = ((w / scale).round() + zero_point).clamp(0, 255).to(torch.uint8)
    return q, scale, zero_point.to(torch.int32)
