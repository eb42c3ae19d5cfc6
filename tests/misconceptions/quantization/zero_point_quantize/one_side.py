"""The range is extended to 0 on one side only."""


def zero_point_quantize(w):
    w = w.float()
    low = w.min().clamp(max=0)
    high = w.max()
    scale = (high - low) / 255
    if scale == 0:
        scale = torch.ones_like(scale)
    zero_point = torch.round(-128 - low / scale).clamp(-128, 127)
    q = (torch.round(w / scale) + zero_point).clamp(-128, 127)
    return q.to(torch.int8), scale, zero_point.to(torch.int64)
