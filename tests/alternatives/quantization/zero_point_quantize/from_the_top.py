"""The zero point counted down from 127, in int16, and codes limited after the sum."""


def zero_point_quantize(w):
    low, high = torch.aminmax(w.to(torch.float32))
    low, high = torch.minimum(low, torch.zeros(())), torch.maximum(high, torch.zeros(()))
    scale = high / 255 - low / 255
    if scale == 0:
        scale = torch.ones(())
    point = (127 - high.double() / scale.double()).round().clamp(-128, 127).to(torch.int16)
    codes = torch.floor(w.double() / scale.double() + 0.5).to(torch.int16) + point
    return torch.clamp(codes, -128, 127).to(torch.int8), scale, point
