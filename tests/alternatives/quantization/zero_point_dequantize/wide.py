"""Subtracts in int32."""


def zero_point_dequantize(q, scale, zero_point):
    return torch.sub(q.to(torch.int32), zero_point.to(torch.int32)).to(torch.float32).mul(scale)
