"""Adds the zero point before it rounds, once."""


def zero_point_quantize(w):
    w = w.float()
    zero = torch.zeros(1)
    low, high = torch.cat([w.flatten(), zero]).aminmax()
    scale = (high - low) / 255 if high > low else torch.ones(())
    zero_point = torch.clamp(torch.round(-low / scale) - 128, -128, 127)
    return torch.clamp(torch.round(w / scale + zero_point), -128, 127).to(torch.int8), scale, zero_point.long()
