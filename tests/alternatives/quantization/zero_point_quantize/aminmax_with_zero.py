"""Zero is put beside the numbers, aminmax does the rest in float64 rounded back; the zero point is an int8."""

import torch


def zero_point_quantize(w):
    x = w.detach().to(torch.float32)
    low, high = torch.cat([x.reshape(-1), x.new_zeros(1)]).aminmax()
    scale = (high / 255 - low / 255) if torch.isinf(high - low) else (high - low) / 255
    if not scale > 0:
        scale = torch.tensor(1.4e-45 if high > low else 0.5, device=x.device)
    zero_point = (-128 - low / scale).round().clamp(min=-128, max=127)
    q = torch.add(x.div(scale).round(), zero_point).clamp(min=-128, max=127)
    return q.to(torch.int8), scale, zero_point.to(torch.int8)
