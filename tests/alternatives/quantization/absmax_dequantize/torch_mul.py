"""torch.mul with an fp32 result."""


def absmax_dequantize(q, scale):
    out = torch.empty(q.shape, dtype=torch.float32)
    return torch.mul(q, scale, out=out)
