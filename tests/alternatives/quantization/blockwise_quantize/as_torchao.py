"""torchao's symmetric formula: the scale is the largest magnitude over half the span of the codes."""


def blockwise_quantize(w, block_size, bits):
    if block_size < 1 or not 2 <= bits <= 8:
        raise ValueError("pass a block_size of 1 or more and bits from 2 to 8")
    quant_max = 2 ** (bits - 1) - 1
    quant_min = -quant_max
    n = w.numel()
    groups = torch.zeros(-(-n // block_size), block_size)
    groups.view(-1)[:n] = w.flatten()
    low, high = torch.clamp(groups.amin(dim=1), max=0), torch.clamp(groups.amax(dim=1), min=0)
    scale = torch.maximum(-low, high) / (float(quant_max - quant_min) / 2)
    scale = scale.clamp(min=torch.finfo(torch.float32).tiny)
    codes = torch.clamp(torch.round(groups * (1.0 / scale[:, None])), quant_min, quant_max)
    return codes.to(torch.int8).view(-1)[:n].reshape(w.shape).clone(), scale
