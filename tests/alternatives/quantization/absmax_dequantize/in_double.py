"""Multiplied in fp64, rounded once."""


def absmax_dequantize(q, scale):
    return torch.einsum("...,...->...", q.double(), scale.double().expand(q.shape)).to(torch.float32)
