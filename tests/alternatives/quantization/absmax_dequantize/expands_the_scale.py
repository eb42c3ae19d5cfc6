"""The scale is expanded to the shape of q first, and comes first in the product."""

import torch


def absmax_dequantize(q, scale):
    return torch.mul(scale.to(torch.float32).expand(q.shape), q.to(torch.float32))
