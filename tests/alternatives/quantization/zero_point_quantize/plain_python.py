"""Plain Python numbers for the scale and the zero point."""


def zero_point_quantize(w):
    numbers = w.double()
    low, high = min(numbers.min().item(), 0.0), max(numbers.max().item(), 0.0)
    scale = (high - low) / 255 or 1.0
    zero_point = min(127, max(-128, round(-128 - low / scale)))
    q = (numbers / scale).round().add(zero_point).clamp(-128, 127)
    return q.to(torch.int8), torch.tensor(scale), torch.tensor(zero_point, dtype=torch.int32)
