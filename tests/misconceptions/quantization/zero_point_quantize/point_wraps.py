"""A code that rounding takes beyond 127 wraps around; limit codes to -128 to 127."""

also = ("The zero point of the smallest numbers is no code; limit it to -128 to 127.",)  # nothing limits it


def zero_point_quantize(w):
    w = w.float()
    low, high = w.min().clamp(max=0), w.max().clamp(min=0)
    scale = (high - low) / 255
    scale = torch.where(scale == 0, 1.0, scale)
    zero_point = torch.round(-128 - low / scale).to(torch.int32)
    return (torch.round(w / scale).to(torch.int32) + zero_point).to(torch.int8), scale, zero_point
