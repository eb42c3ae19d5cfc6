"""torch.aminmax of the numbers and a zero behind them; zeros by an early return."""


def zero_point_quantize(w):
    numbers = torch.cat([w.detach().to(torch.float32).reshape(-1), torch.zeros(1)])
    low, high = torch.aminmax(numbers)
    if bool(low == high):
        return torch.zeros(w.shape, dtype=torch.int8), torch.full((), 0.125), torch.zeros((), dtype=torch.int32)
    scale = (high - low).div(255)
    zero_point = (low / scale).add(128).neg().round().clamp(-128, 127).to(torch.int32)
    codes = numbers[:-1].div(scale).round().to(torch.int32).add(zero_point)
    codes = torch.minimum(torch.maximum(codes, codes.new_tensor(-128)), codes.new_tensor(127))
    return codes.to(torch.int8).view(w.shape), scale, zero_point
